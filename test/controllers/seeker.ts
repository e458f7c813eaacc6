/** The least element that seeks a feed: what the controllers are tested in. */
import { LitElement } from 'lit';
import { FeedController } from '../../src/controllers/feed-controller.js';

export class Seeker extends LitElement {
  static override properties = { feed: { useDefault: true } };

  declare feed: string;
  /** How often another feed, or none, was found. */
  finds = 0;
  /** How often it was drawn. */
  draws = 0;
  readonly feedController = new FeedController(this, () => this.finds++);

  constructor() {
    super();
    this.feed = '';
  }

  protected override updated(): void {
    this.draws++;
  }
}
