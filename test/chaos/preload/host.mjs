/** CHAOS_HOST: host name of this process, so that processes of one machine appear to run on the same or on different hosts. */
import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';

const { CHAOS_HOST: host } = process.env;
if (host) {
  os.hostname = () => host;
  syncBuiltinESMExports();
}
