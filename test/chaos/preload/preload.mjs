/**
 * `node --import test/chaos/preload/preload.mjs dist/main.js …` runs the product unchanged on a machine that misbehaves. Each part
 * acts only if the environment asks for it. Trainers are affected too, because a forked child inherits the options.
 */
import './host.mjs';
import './clock.mjs';
import './disk.mjs';
import './fast-children.mjs';
