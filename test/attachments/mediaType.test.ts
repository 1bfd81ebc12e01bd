import { expect, test } from 'vitest';
import { mediaTypeOfContent, mediaTypeOfName } from '../../src/attachments/mediaType.ts';

test.each([
  ['image/png', '\x89PNG\r\n\x1a\n....'],
  ['image/jpeg', '\xff\xd8\xff\xe0'],
  ['image/gif', 'GIF89a..'],
  ['image/webp', 'RIFF\x00\x00\x00\x00WEBPVP8 '],
  ['audio/wav', 'RIFF\x00\x00\x00\x00WAVEfmt '],
  ['application/pdf', '%PDF-1.7\n'],
  ['audio/mpeg', 'ID3\x03'],
  ['video/mp4', '\x00\x00\x00\x18ftypmp42'],
  [undefined, 'plain text'],
  [undefined, ''],
])('%s by its first bytes', (mediaType, bytes) => {
  expect(mediaTypeOfContent(Buffer.from(bytes, 'latin1'))).toBe(mediaType);
});

test.each([
  ['image/png', 'a/b.PNG'],
  ['image/jpeg', 'photo.of.me.jpeg'],
  ['text/csv', 'rows.csv'],
  [undefined, 'README'],
  [undefined, 'archive.unknown'],
])('%s by the name %s', (mediaType, name) => {
  expect(mediaTypeOfName(name)).toBe(mediaType);
});
