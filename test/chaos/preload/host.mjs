/** CHAOS_HOST: what this machine is called, so that processes of one machine take each other for neighbours or for strangers. */
import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';

const { CHAOS_HOST: host } = process.env;
if (host) {
  os.hostname = () => host;
  syncBuiltinESMExports();
}
