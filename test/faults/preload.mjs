/**
 * `node --import test/faults/preload.mjs dist/main.js …` runs the product unchanged, with fake children (fake-children.mjs) and
 * a fault (fault.mjs) if the environment asks for them. Trainers are affected too, because a forked child inherits the options.
 */
import './fake-children.mjs';
import './fault.mjs';
