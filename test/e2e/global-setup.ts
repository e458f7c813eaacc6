/** The end to end tests load dist/ as it would be published: build it first where it is not up to date. */
import { buildIfStale } from '../../demo/build-if-stale.mjs';

export default (): void => buildIfStale();
