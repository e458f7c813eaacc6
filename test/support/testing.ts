/**
 * What tests of elements use: Chai with `accessible()`, and open-wc's fixtures, which clean up after each test. Not the
 * package `@open-wc/testing`: its plugins turn the type of every `equal()` into a promise.
 */
import { expect, use } from 'chai';
import { chaiA11yAxe } from 'chai-a11y-axe';

use(chaiA11yAxe);

export { aTimeout, elementUpdated, fixture, nextFrame, oneEvent, waitUntil } from '@open-wc/testing-helpers';
export { expect };
