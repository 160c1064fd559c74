import { setTimeout as delay } from 'node:timers/promises';
import { anyFreePort } from '../../src/store/embedded/port.ts';
import { type ServiceProcess, startProcess } from '../system/service-process.ts';
import type { StormTally } from './storm-tally.ts';

/** An api process that is started again whenever it was killed, at the same address. */
interface Place {
  readonly settings: Readonly<Record<string, string>>;
  readonly address: string;
  process: ServiceProcess;
  /** Output of the processes that were killed. */
  earlier: string;
}

/** Two api processes on one database, of which one after the other is killed. Disposing it ends both. */
export class ApiPair implements AsyncDisposable {
  readonly #places: readonly Place[];

  private constructor(places: readonly Place[]) {
    this.#places = places;
  }

  /** Starts both. The first one, alone, applies the migrations. */
  static async start({ databaseUrl, folder }: { readonly databaseUrl: string; readonly folder: string }): Promise<ApiPair> {
    const places: Place[] = [];
    try {
      for (const number of [1, 2]) {
        const port = String(await anyFreePort());
        const settings = {
          DATABASE_URL: databaseUrl,
          CLAVIER_DATA_DIR: `${folder}/api-${number}`,
          CLAVIER_PORT: port,
          CLAVIER_LOG_LEVEL: 'info',
          CLAVIER_SWEEP_SECONDS: '1',
        };
        const process = startProcess(['api'], settings);
        places.push({ settings, address: `http://127.0.0.1:${port}`, process, earlier: '' });
        await process.url();
      }
    } catch (error) {
      await Promise.all(places.map(({ process }) => process[Symbol.asyncDispose]()));
      throw error;
    }
    return new ApiPair(places);
  }

  get addresses(): string[] {
    return this.#places.map(({ address }) => address);
  }

  /**
   * Kills a process and starts it again, in turn, until it is aborted. Both are up for a time before each kill, however long a busy machine
   * takes to start one, and in the end.
   */
  async killInTurn(upMs: number, tally: StormTally, until: AbortSignal): Promise<void> {
    for (let turn = 0; !until.aborted; turn += 1) {
      await this.#areUp();
      await delay(upMs, undefined, { signal: until }).catch(() => undefined);
      const place = this.#places[turn % this.#places.length];
      if (until.aborted || !place) continue;
      await place.process.killTree();
      tally.add('api kills');
      place.earlier += place.process.output();
      place.process = startProcess(['api'], place.settings);
    }
    await this.#areUp();
  }

  async #areUp(): Promise<void> {
    await Promise.all(this.#places.map(({ process }) => process.url()));
  }

  /** Lines that a process logged as errors. */
  errors(): string[] {
    const lines = this.#places.flatMap(({ earlier, process }) => (earlier + process.output()).split('\n'));
    return lines.filter((line) => /"level":(50|60)\b|^clavier: /.test(line));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#places.map(({ process }) => process[Symbol.asyncDispose]()));
  }
}
