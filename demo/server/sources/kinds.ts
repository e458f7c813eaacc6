/** Makes the sources that are configured. A kind's module, and its library, is loaded only where one of it is. */
import type { Source } from '../source.js';
import type { SourceSettings } from './settings.js';

/** Where a source writes what goes wrong without being its end. */
export interface SourceContext {
  readonly log: (sentence: string) => void;
}

/** Nothing is connected yet. Rejects where a library is not installed. */
export const openSources = async (all: readonly SourceSettings[], context: SourceContext): Promise<Source[]> =>
  (await Promise.all(all.map((settings) => open(settings, context)))).flat();

const open = async (settings: SourceSettings, context: SourceContext): Promise<readonly Source[]> => {
  switch (settings.kind) {
    case 'host':
      return (await import('./host.js')).hostSources();
    case 'postgres':
      return (await import('./postgres.js')).postgresSources(settings, context);
    case 'http-json':
      return [(await import('./http-json.js')).httpJsonSource(settings)];
    case 'redis-stream':
      return [(await import('./redis-stream.js')).redisStreamSource(settings, context)];
    case 'kafka':
      return [(await import('./kafka.js')).kafkaSource(settings, context)];
    case 'mqtt':
      return [(await import('./mqtt.js')).mqttSource(settings, context)];
  }
};
