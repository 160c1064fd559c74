/** Text in place of a secret. */
const cut = '…';
/** Shorter texts are left: to cut them would spoil every other word. */
const shortest = 8;

/** Secrets that are known by their mark: keys of the API, and secrets of webhooks, also as addresses have them. */
const marked = ['(?<=clv_)[A-Za-z0-9_-]+', '(?<=whsec_)(?:[A-Za-z0-9+/=]|%[0-9A-Fa-f]{2})+'];

/**
 * Makes a function that cuts secrets from texts which leave the process, such as a line of the log: those with a mark down to it, and the
 * given ones wholly, as plain text, in JSON and in addresses.
 *
 * @param secrets those of this process; any shorter than 8 characters is left
 */
export function redaction(...secrets: readonly (string | null | undefined)[]): (text: string) => string {
  const given = secrets.filter((secret) => typeof secret === 'string').filter(({ length }) => length >= shortest);
  const forms = given.flatMap((secret) => [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    new URLSearchParams([['', secret]]).toString().slice(1),
  ]);
  // Of two that begin alike, the longer one must be tried first.
  const longestFirst = [...new Set(forms)].sort((one, other) => other.length - one.length).map(literal);
  const pattern = new RegExp([...longestFirst, ...marked].join('|'), 'g');
  return (text) => text.replace(pattern, cut);
}

/** The secrets in the address of a database: the address and its password, as it is written and decoded. */
export function secretsOfAddress(address: string | null): readonly string[] {
  if (address === null || !URL.canParse(address)) return [];
  const { password, searchParams } = new URL(address);
  return [address, password, decoded(password), searchParams.get('password') ?? ''];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text; // it was not encoded
    throw error;
  }
}

/** A regular expression that matches a text. */
function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
