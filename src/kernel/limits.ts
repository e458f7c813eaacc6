/** The bounds of what we keep. Past one, the oldest goes and a counter rises. */

/** The longest event, message or answer, in UTF-16 code units: 4 MiB of the text that JSON usually is. */
export const MAX_MESSAGE_LENGTH = 4 * 1024 * 1024;

/** The most messages handed out in one flush. */
export const MAX_MESSAGES_A_FLUSH = 65_536;

/** How many channels' last messages are kept; of more, the one that was silent longest goes. */
export const MAX_CHANNELS = 1_000;

/** The most errors that a feed remembers. */
export const MAX_ERRORS = 100;

/** The longest that a server's hint, or anything else, may keep us waiting before we try again: 5 minutes. */
export const MAX_RETRY_HINT = 300_000;
