/**
 * `node --import test/faults/preload.mjs dist/main.js …`: the product as it is, with fake children (fake-children.mjs)
 * and a fault (fault.mjs) where the environment asks for them. Trainers take it over: a forked child inherits the options.
 */
import './fake-children.mjs';
import './fault.mjs';
