/** Owns how a field is found in data: `disks.0.used`, or `disks[0].used`. Knows nothing of what the data means. */

/** Reads one field: its value, or `undefined` where the data has none. Never throws on data from the wire. */
export type FieldReader = (data: unknown) => unknown;

/** JSON can give an object a member of this name; no field means it, so it is never read. */
const FORBIDDEN = '__proto__';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/**
 * Compiles a field path: dots between own properties and array indexes. An own property whose whole name is the path
 * wins; an index may be in brackets. Without a path, or with an empty one, the data itself is read.
 */
export const compilePath = (path: string | undefined): FieldReader => {
  if (path === undefined || path === '') return (data) => data;
  const parts = path
    .replace(/^\[(\d+)\]/, '$1')
    .replace(/\[(\d+)\]/g, '.$1')
    .split('.');
  if (parts.includes(FORBIDDEN)) return () => undefined;
  return (data) => {
    if (!isObject(data)) return undefined;
    if (Object.hasOwn(data, path)) return data[path];
    let value: unknown = data;
    for (const part of parts) {
      if (!isObject(value) || !Object.hasOwn(value, part)) return undefined;
      value = value[part];
    }
    return value;
  };
};
