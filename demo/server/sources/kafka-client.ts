/** The client of Kafka's library, as the settings want it, with the library's own log handed on a sentence at a time. */
import { Kafka, logLevel, type KafkaConfig, type SASLOptions } from 'kafkajs';
import { sentenceOf } from './sentence.js';
import type { SettingsOf } from './settings.js';

type Settings = SettingsOf<'kafka'>;

/** `hear` gets what the library warns of, without secrets: it says much while a broker is away. */
export const kafkaClient = (settings: Settings, hear: (problem: string) => void): Kafka =>
  new Kafka({
    ...clientOf(settings),
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => {
      const { message, error } = entry.log;
      const problem = typeof error === 'string' ? `${message}: ${error}` : message;
      hear(sentenceOf(problem, secretsIn(settings)));
    },
  });

/** What must not be in a sentence. */
export const secretsIn = ({ sasl }: Settings): readonly string[] => (sasl === undefined ? [] : [sasl.password]);

const clientOf = ({ brokers, clientId, ssl, sasl }: Settings): KafkaConfig => ({
  clientId,
  brokers: [...brokers],
  ssl,
  ...(sasl !== undefined && { sasl: saslOf(sasl) }),
  retry: { retries: 2 },
});

/** The library wants to know each mechanism apart. */
const saslOf = ({ mechanism, username, password }: NonNullable<Settings['sasl']>): SASLOptions => {
  switch (mechanism) {
    case 'plain':
      return { mechanism, username, password };
    case 'scram-sha-256':
      return { mechanism, username, password };
    case 'scram-sha-512':
      return { mechanism, username, password };
  }
};
