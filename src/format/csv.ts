/** Rows of samples as CSV by RFC 4180: what `toCSV()` of a chart returns. Pure text; owns the quoting. */

/** The part of a store's rows that is written: oldest first, times in milliseconds since the epoch. */
export interface CsvRows {
  readonly length: number;
  time(row: number): number;
  /** A finite number, NaN for "no value", or an infinity where the row does not concern the column. */
  value(column: number, row: number): number;
}

/** What a spreadsheet would run, it is told to take as text. */
const text = (raw: string): string => {
  const safe = /^[=+\-@\t\r\n]/.test(raw) ? `'${raw}` : raw;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/** The longest way from the epoch that a date can be. */
const LAST_DATE = 8.64e15;

const iso = (time: number): string => (Math.abs(time) <= LAST_DATE ? new Date(time).toISOString() : '');

/**
 * Writes the rows from `fromRow` on, one column a label. Rows of equal time become one: in each column the last finite
 * number wins. A time of which no column knows anything, not even "no value", is left out. Every line ends with CRLF.
 */
export const toCsv = (labels: readonly string[], rows: CsvRows, fromRow = 0): string => {
  const lines = [['time', ...labels.map(text)].join(',')];
  for (let row = fromRow; row < rows.length;) {
    const time = rows.time(row);
    const cells = labels.map(() => '');
    let heard = false;
    do {
      for (let column = 0; column < cells.length; column++) {
        const value = rows.value(column, row);
        if (Number.isFinite(value)) cells[column] = String(value);
        heard ||= Number.isFinite(value) || Number.isNaN(value);
      }
      row++;
    } while (row < rows.length && rows.time(row) === time);
    if (heard) lines.push([iso(time), ...cells].join(','));
  }
  return lines.join('\r\n') + '\r\n';
};
