/** `fill(root)`, for plain tags with `data-rt` where no script of the whole watches: an entry of its own, as it may load every element. */
export { fill } from './embed/embed.js';
