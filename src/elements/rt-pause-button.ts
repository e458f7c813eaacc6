/** Registers `<rt-pause-button>`. */
import { RtPauseButton } from './rt-pause-button/rt-pause-button.js';

RtPauseButton.define();

export { RtPauseButton };
