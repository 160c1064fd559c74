/**
 * `node --import test/chaos/preload/preload.mjs dist/main.js …`: the product as it is, on a machine that is made to misbehave.
 * Each part acts only where the environment asks for it. Trainers take it over: a forked child inherits the options.
 */
import './host.mjs';
import './clock.mjs';
import './disk.mjs';
import './fast-children.mjs';
