/** Entity tags: made from a text, and compared with what `If-None-Match` asks for (RFC 9110, weak comparison). */
import { createHash } from 'node:crypto';

const TAG = /(?:W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/g;

export const etagOf = (text: string): string => `"${createHash('sha1').update(text).digest('base64url')}"`;

/** `header` is one tag, a list, or `*`; weak and strong tags of the same text are equal here. */
export const matchesTag = (header: string | undefined, etag: string): boolean => {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  return tagsIn(header).includes(etag.replace(/^W\//, '').slice(1, -1));
};

/** The tags of a list without their quotes, weak or strong. */
export const tagsIn = (header: string): string[] => [...header.matchAll(TAG)].map(([, tag = '']) => tag);
