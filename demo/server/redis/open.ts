/** Makes the broker of instances that Redis joins. Its library is loaded only where it is configured. */
import type { ServerOptions } from '../server.js';
import type { RedisSettings } from './broker.js';

/** Nothing is connected yet. Rejects with a sentence where the library is not installed. */
export const openRedis = async (settings: RedisSettings): Promise<NonNullable<ServerOptions['broker']>> => {
  const { RedisBroker } = await import('./broker.js').catch((error: unknown) => {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
    throw isMissing ? new Error('Redis is configured, and its library is not installed: npm install redis.') : error;
  });
  return (hub, context) => new RedisBroker(hub, settings, context);
};
