/**
 * While the file CHAOS_DISK_FLAG exists, the disk of the folder CHAOS_DISK is full: a file can be created, but a write stops in
 * the middle, and no folder can be created.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { resolve, sep } from 'node:path';

const { CHAOS_DISK: disk, CHAOS_DISK_FLAG: flag } = process.env;

if (disk && flag) {
  const { open, mkdir, writeFile } = fs.promises;
  const isFull = (path) => typeof path === 'string' && resolve(path).startsWith(disk + sep) && fs.existsSync(flag);
  fs.promises.open = async (path, ...rest) => {
    const handle = await open(path, ...rest);
    if (isFull(path)) fillUp(handle, path);
    return handle;
  };
  fs.promises.mkdir = async (path, ...rest) => {
    if (isFull(path) && !fs.existsSync(path)) throw noSpace('mkdir', path);
    return mkdir(path, ...rest);
  };
  fs.promises.writeFile = async (path, data, ...rest) => {
    if (!isFull(path)) return writeFile(path, data, ...rest);
    await writeFile(path, firstHalf(data), ...rest);
    throw noSpace('write', path);
  };
  syncBuiltinESMExports();
}

/** Makes every write to this file store half of the data and fail. */
function fillUp(handle, path) {
  for (const name of ['write', 'writeFile', 'appendFile']) {
    const work = handle[name].bind(handle);
    handle[name] = async (data) => {
      await work(firstHalf(data));
      throw noSpace('write', path);
    };
  }
}

function firstHalf(data) {
  const bytes = Buffer.from(data);
  return bytes.subarray(0, bytes.length >> 1);
}

function noSpace(syscall, path) {
  const message = `ENOSPC: no space left on device, ${syscall} '${path}'`;
  return Object.assign(new Error(message), { code: 'ENOSPC', errno: -28, syscall, path });
}
