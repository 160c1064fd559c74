import { expect, test } from 'vitest';
import { htmlToText } from '../../../../src/objectives/text-classifier/datasets/html-text.ts';
import { tokenize } from '../../../../src/objectives/text-classifier/tokens.ts';

const words = (html: string) => tokenize(htmlToText(html)).join(' ');

test('numbers of characters are read as the HTML standard says: those of windows-1252, and no surrogates', () => {
  // https://html.spec.whatwg.org/multipage/parsing.html#numeric-character-reference-end-state
  expect(htmlToText('&#150;|&#x96;|&#146;|&#128;|&#153|&#129;|&#65;|&#x1F600;')).toBe('–|–|’|€|™|\x81|A|😀');
  expect(htmlToText('&#0;|&#xD800;|&#x110000;')).toBe('\ufffd|\ufffd|\ufffd');
});

test('names of characters are decoded, with and without their semicolon; what is no name stays', () => {
  expect(htmlToText('caf&eacute; &amp; th&eacute &hearts; &copy2002 &nosuch; AT&T')).toBe('café & thé ♥ ©2002 &nosuch; AT&T');
});

test('tags within a word do not split it, those between words do', () => {
  expect(words('V<b>i</b>a<font color="red">g</font>ra')).toBe('viagra');
  expect(words('<tr><td>one</td><td>two</td></tr>three<br>four<p>five<li>six')).toBe('one two three four five six');
  expect(words('V<!-- x -->isit V<!x>isit')).toBe('visit visit');
});

test('what a reader does not see is left out, even where it is not closed', () => {
  expect(words('<title>a</title><style>b {}</style>seen<script>if (1 < 2) "c</p>"</script> too')).toBe('seen too');
  expect(words('<![if !supportEmptyParas]>seen<![endif]><?xml:namespace prefix = o />')).toBe('seen');
  expect(words('seen<!-- not <b>seen</b>')).toBe('seen');
  expect(words('seen<script>not seen')).toBe('seen');
});

test('attributes may contain what ends a tag', () => {
  expect(words('<p title="a > b">seen</p><a href=\'x>y\'>too</a>')).toBe('seen too');
});
