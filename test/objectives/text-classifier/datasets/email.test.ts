import { expect, test } from 'vitest';
import { emailText } from '../../../../src/objectives/text-classifier/datasets/email.ts';
import { tokenize } from '../../../../src/objectives/text-classifier/tokens.ts';

const words = (...lines: string[]) => tokenize(emailText(lines.join('\n'))).join(' ');

test('of the headers only the subject is kept', () => {
  expect(
    words('From someone Mon Jan 1', 'Received: from list.example', 'Subject: Lunch at', '\tnoon', 'X-Mailer: m', '', 'Bring Bread.'),
  ).toBe('lunch at noon bring bread');
});

test('a message without a subject, without headers or without a body has the words that are left', () => {
  expect(words('To: a@example.org', '', 'hello')).toBe('hello');
  expect(words('', 'only: a body')).toBe('only a body');
  expect(words('Subject: only a head')).toBe('only a head');
  expect(words('')).toBe('');
});

test('lines may end with a carriage return', () => {
  expect(words('Subject: one\r', 'To: x\r', '\r', 'two\r', '\r', 'three')).toBe('one two three');
});

test('encoded words of a subject are decoded in their character set', () => {
  expect(words('Subject: =?iso-8859-1?Q?Caf=E9_ol=E9?= =?utf-8?B?IMOpdMOp?= now', '', '')).toBe('café olé été now');
});

test('quoted-printable is decoded, words broken by a soft line end are mended', () => {
  const head = ['Subject: s', 'Content-Type: text/plain; charset="utf-8"', 'Content-Transfer-Encoding: Quoted-Printable', ''];
  expect(words(...head, 'famil=', 'y caf=C3=A9 1+1=3D2')).toBe('s family café 1 1 2');
});

test('base64 is decoded; an unknown character set is read as Latin letters', () => {
  const body = Buffer.from('Dear café owner', 'latin1').toString('base64');
  expect(words('Subject: s', 'Content-Type: text/plain; charset=DEFAULT_CHARSET', 'Content-Transfer-Encoding: base64', '', body)).toBe(
    's dear café owner',
  );
});

test('Latin-1 is read as windows-1252, with the same result on every version of Node.js', () => {
  const bytes = Array.from({ length: 32 }, (_, index) => `=${(0x80 + index).toString(16)}`).join('');
  const head = 'Subject: \nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\n';
  // Python 3: bytes(range(0x80, 0xa0)).decode('windows-1252', errors='ignore'); the five bytes that have no character stay.
  expect(emailText(head + bytes)).toBe('\n€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ');
});

test('HTML is reduced to what a reader sees', () => {
  const html =
    '<html><title>none</title><style>p{color:red}</style><p title="a > b">Vi<!-- x -->sit&nbsp;<b>us</b></p><script>let x = "no";</script>&#65;&#x42;C &amp; more &lt;3';
  expect(words('Subject: s', 'Content-Type: text/html', '', html)).toBe('s visit us abc more 3');
});

test('of alternatives the plain text is taken, and the HTML where the plain text has no words', () => {
  const message = (plain: string) =>
    words(
      'Subject: s',
      'Content-Type: multipart/alternative; boundary="=b"',
      '',
      'not MIME',
      '--=b',
      'Content-Type: text/plain',
      '',
      plain,
      '--=b',
      'Content-Type: text/html',
      '',
      '<p>rich</p>',
      '--=b--',
      'epilogue',
    );
  expect(message('plain')).toBe('s plain');
  expect(message('---')).toBe('s rich');
});

test('a boundary that begins an inner boundary splits at its own lines alone', () => {
  const message = [
    'Subject: s',
    'Content-Type: multipart/related; boundary="----=_Next_1"',
    '',
    '------=_Next_1',
    'Content-Type: multipart/alternative; boundary="----=_Next_1_inner"',
    '',
    '------=_Next_1_inner',
    '',
    'plain',
    '------=_Next_1_inner  ',
    'Content-Type: text/html',
    '',
    '<p>rich</p>',
    '------=_Next_1_inner--',
    '------=_Next_1--',
    '',
    'epilogue',
    '------=_Next_1',
    '',
    'after the end',
  ];
  expect(words(...message)).toBe('s plain');
});

test('characters that a mailer split between encoded words are put together again', () => {
  expect(words('Subject: =?utf-8?B?Y2Fmww==?=\t=?utf-8?Q?=A9?= =?iso-8859-1?Q?ol=E9?=', '', '')).toBe('caféolé');
  expect(words('Subject: =?big5?B?pw==?= =?big5?Q?=DA=AD=CC?=', '', '')).toBe('我們');
});

test('Japanese text in ISO-2022-JP is decoded, in words and in a body of seven bits', () => {
  const head = ['Content-Type: text/plain; charset=iso-2022-jp', 'Content-Transfer-Encoding: 7bit', ''];
  expect(words('Subject: =?iso-2022-jp?B?GyRCRnxLXBsoQg==?= =?iso-2022-jp?B?GyRCOGwbKEI=?=', ...head, '\x1b$B;vL3\x1b(B x')).toBe(
    '日本語 事務 x',
  );
});

test('a byte of a character that quoted-printable leaves as it is belongs to that character', () => {
  const head = ['Subject: s', 'Content-Type: text/plain; charset=big5', 'Content-Transfer-Encoding: quoted-printable', ''];
  // U+529F is a5 5c in Big5, and 5c is a backslash.
  expect(words(...head, '=A5\\ x')).toBe('s 功 x');
});

test('text that is decoded already keeps its characters within quoted-printable', () => {
  const head = ['Subject: s', 'Content-Type: text/plain; charset=iso-8859-1', 'Content-Transfer-Encoding: quoted-printable', ''];
  expect(words(...head, 'naïve caf=E9')).toBe('s naïve café');
});

test('parts that are no text are left out, parts within parts are read', () => {
  const message = [
    'Subject: s',
    'Content-Type: multipart/mixed; boundary=outer',
    '',
    '--outer',
    'Content-Type: multipart/related;',
    ' boundary=inner',
    '',
    '--inner',
    '',
    'first',
    '--inner--',
    '--outer',
    'Content-Type: image/png',
    'Content-Transfer-Encoding: base64',
    '',
    'aGVsbG8=',
    '--outer',
    'Content-Type: message/rfc822',
    '',
    'Subject: inner',
    '',
    'forwarded',
    '--outer--',
  ];
  expect(words(...message)).toBe('s first forwarded');
});

test('a multipart without a boundary is read as text, and one that contains itself ends', () => {
  expect(words('Subject: s', 'Content-Type: multipart/mixed', '', 'still words')).toBe('s still words');
  const nested = Array.from({ length: 200 }, () => 'Content-Type: message/rfc822\n\n').join('');
  expect(words(`Subject: s\n${nested}deep`)).toBe('s');
});
