import { setTimeout as delay } from 'node:timers/promises';

/** Polls a condition until it holds; fails with its name when the time is over. */
export async function until(name: string, holds: () => boolean | Promise<boolean>, seconds = 60): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited ${seconds} s in vain until ${name}`);
    await delay(50);
  }
}
