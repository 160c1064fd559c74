const announceAfterMs = 2_000;
const terminalTickMs = 500;
const logTickMs = 15_000;

/**
 * Shows progress on stderr, so that a command's stdout stays clean. `quiet` drops the lines about short or skipped steps. A step that
 * takes more than two seconds is announced in either case, with its elapsed time.
 */
export function createProgress({ quiet = false, stream = process.stderr } = {}) {
  return {
    /** Prints a line, also in quiet mode. */
    say: (text) => stream.write(`${text}\n`),
    /** Prints a line unless in quiet mode. */
    note: (text) => {
      if (!quiet) stream.write(`${text}\n`);
    },
    /** Runs `work(update)`, and meanwhile shows `title`, the latest `update(detail)` and the elapsed time. */
    during: (title, work) => showWhile(stream, title, work),
  };
}

async function showWhile(stream, title, work) {
  const startedAt = Date.now();
  let detail = '';
  let shown = false;
  const line = () => `${title}${detail === '' ? '' : `: ${detail}`} (${seconds(Date.now() - startedAt)})`;
  const show = () => {
    shown = true;
    stream.write(stream.isTTY ? `\r\u001b[K${line()}` : `${line()}\n`);
  };
  const later = setTimeout(show, announceAfterMs);
  const timer = setInterval(() => shown && show(), stream.isTTY ? terminalTickMs : logTickMs);
  try {
    return await work((text) => {
      detail = text;
    });
  } finally {
    clearTimeout(later);
    clearInterval(timer);
    if (shown)
      stream.write(
        stream.isTTY ? `\r\u001b[K${title}: ${seconds(Date.now() - startedAt)}\n` : `${title}: took ${seconds(Date.now() - startedAt)}\n`,
      );
  }
}

/** Formats a duration in whole seconds, or in minutes from 100 s. */
export function seconds(milliseconds) {
  const whole = Math.round(milliseconds / 1000);
  return whole < 100 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Formats a number of bytes as `273.8 MB`. */
export function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
