import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { natsServers } from '@popple/testing/nats-servers';
import { createInbox, type NatsConnection } from 'nats';
import { DEPLOY } from '../testing/deploy-folder';
import { type NatsUser, type NatsWithAccounts, natsWithAccounts } from '../testing/nats-with-accounts';
import { ensureEverything } from './streams';

const SETTINGS = { maxAgeMs: 600_000, maxBytes: 8_388_608, replicas: 1, replyMaxAgeMs: 600_000 };
/** How long what a thief asked for may take to be seen. */
const AFTERMATH_MS = 300;

type Thief = Exclude<NatsUser, 'operator'>;

/** What belongs to a thief anyway, and may change while it tries. */
const OWN: Record<Thief, { durable: string; subjects: RegExp }> = {
  bot: { durable: 'POPPLE_EVENTS bot', subjects: /^popple\.request\.|^popple\.dead\.event\.|^\$KV\./ },
  svc: { durable: 'POPPLE_REQUESTS svc', subjects: /^popple\.event\.|^popple\.dead\.request\./ },
};

/** A stream that would copy every request, as STREAM.CREATE wants it. */
const STREAM = {
  name: 'MINE',
  subjects: ['mine.>'],
  storage: 'memory',
  sources: [{ name: 'POPPLE_REQUESTS' }],
};
const CONSUMER = {
  stream_name: 'POPPLE_REQUESTS',
  config: { durable_name: 'mine', ack_policy: 'none', deliver_subject: 'mine', deliver_policy: 'all' },
};

/**
 * Where no message of a thief may arrive, neither as its own nor as the answer to something it may ask: each with what it
 * would have to say.
 */
const TARGETS: [subject: string, payload: unknown, thieves?: Thief[]][] = [
  ['popple.event.karma-changed.1', 'forged', ['bot']],
  ['popple.request.change-karma.1', 'forged', ['svc']],
  ['popple.dead.request.not-json.7-7', 'forged', ['bot']],
  ['popple.dead.event.not-json.7-7', 'forged', ['svc']],
  ['$KV.POPPLE_LEASES.slot.1.0.0', 'forged', ['svc']],
  ['$JS.API.STREAM.CREATE.MINE', STREAM],
  ['$JS.API.STREAM.UPDATE.POPPLE_EVENTS', { name: 'POPPLE_EVENTS', subjects: ['popple.>', '_INBOX.>'] }],
  ['$JS.API.STREAM.PURGE.POPPLE_REQUESTS', ''],
  ['$JS.API.STREAM.PURGE.POPPLE_EVENTS', ''],
  ['$JS.API.STREAM.DELETE.POPPLE_REQUESTS', ''],
  ['$JS.API.STREAM.DELETE.KV_POPPLE_GATEWAY', ''],
  ['$JS.API.STREAM.MSG.DELETE.POPPLE_DEAD', { seq: 1 }],
  ['$JS.API.STREAM.MSG.DELETE.POPPLE_EVENTS', { seq: 1 }],
  ['$JS.API.CONSUMER.CREATE.POPPLE_REQUESTS.mine', CONSUMER],
  ['$JS.API.CONSUMER.DURABLE.CREATE.POPPLE_REQUESTS.mine', CONSUMER],
  ['$JS.API.CONSUMER.CREATE.POPPLE_REQUESTS', CONSUMER],
  ['$JS.API.CONSUMER.DELETE.POPPLE_REQUESTS.svc', ''],
  ['$JS.API.CONSUMER.DELETE.POPPLE_EVENTS.bot', ''],
  ['$JS.API.CONSUMER.MSG.NEXT.POPPLE_REQUESTS.svc', { batch: 1, no_wait: true }, ['bot']],
  ['$JS.API.CONSUMER.MSG.NEXT.POPPLE_EVENTS.bot', { batch: 1, no_wait: true }, ['svc']],
  ['$JS.ACK.POPPLE_REQUESTS.svc.1.1.1.1.0', '+TERM', ['bot']],
  ['$JS.ACK.POPPLE_EVENTS.bot.1.1.1.1.0', '+TERM', ['svc']],
  ['$JS.API.ACCOUNT.PURGE.POPPLE', ''],
];

/** What each may ask, read from the accounts' imports, with something to say in place of each wildcard. */
function mayAsk(thief: Thief): string[] {
  const text = readFileSync(join(DEPLOY, 'nats/accounts.conf'), 'utf8');
  const account = text.slice(text.indexOf(`\n  ${thief.toUpperCase()} {\n`));
  const imports = account.slice(0, account.indexOf('\n  }\n'));
  const subjects = [...imports.matchAll(/account: (?:POPPLE|SVC), subject: "([^"]+)"/g)].map(
    ([, subject = '']) => {
      if (subject.startsWith('$JS.ACK.')) return subject.replace('>', '1.1.1.1.0');
      if (subject.startsWith('$JS.API.DIRECT.GET.KV_'))
        return subject
          .replace('>', `$KV.${subject.slice('$JS.API.DIRECT.GET.KV_'.length)}`)
          .replace('>', 'loot');
      return subject.replace(/[>*]$/, 'loot');
    },
  );
  if (subjects.length < 5) throw new Error(`the imports of ${thief} were not found`);
  return subjects;
}

/** What a thief says when it asks, so that it has an answer; `loot` is what it would like to have said elsewhere. */
function question(subject: string, loot: string): string[] {
  if (subject.includes('.MSG.NEXT.')) return ['{"batch":3,"no_wait":true}', ''];
  if (subject.includes('.MSG.GET.')) {
    const bucket = subject.slice(subject.indexOf('KV_') + 3);
    return [JSON.stringify({ last_by_subj: `$KV.${bucket}.loot` })];
  }
  if (subject.startsWith('$JS.ACK.')) return ['+NXT {"batch":3}', '+WPI', ''];
  return subject.startsWith('$JS.API.') ? ['', loot] : [loot];
}

const text = (payload: unknown) => (typeof payload === 'string' ? payload : JSON.stringify(payload));

describe.each(await natsServers())('nats-server $version', ({ binary }) => {
  describe.each([
    { name: 'as deployed', withoutPermissions: false },
    { name: 'with the accounts alone, without any permission', withoutPermissions: true },
  ])('$name', ({ withoutPermissions }) => {
    let server: NatsWithAccounts;
    const connections = {} as Record<NatsUser, NatsConnection>;

    beforeAll(async () => {
      server = await natsWithAccounts({ binary, withoutPermissions });
      for (const user of ['bot', 'svc', 'operator'] as const) connections[user] = await server.connect(user);
      const { operator, svc, bot } = connections;
      await ensureEverything(operator, SETTINGS);
      // What expires by itself between two looks would be taken for stolen.
      const manager = await operator.jetstreamManager();
      for await (const { config } of manager.streams.list()) {
        if (config.name.startsWith('KV_')) await manager.streams.update(config.name, { max_age: 0 });
      }
      const client = operator.jetstream();
      for (let index = 0; index < 4; index += 1) {
        await client.publish('popple.request.change-karma.9', 'a request');
        await client.publish('popple.event.karma-changed.9', 'an event');
        await client.publish(`popple.dead.event.not-json.${index}-1`, 'a dead letter');
      }
      // A svc that responds to a query with whatever it was asked, which is more than it does.
      const echo = await server.connect('svc');
      echo.subscribe('popple.query.*', { callback: (_error, message) => void message.respond(message.data) });
      await echo.flush();
      // One of each is in hand, unacked.
      await (await svc.jetstream().consumers.get('POPPLE_REQUESTS', 'svc')).next({ expires: 5_000 });
      await (await bot.jetstream().consumers.get('POPPLE_EVENTS', 'bot')).next({ expires: 5_000 });
    });
    afterAll(async () => {
      for (const connection of Object.values(connections)) await connection.close();
      await server.stop();
    });

    /** Everything that JetStream holds, as the operator sees it, but for what is the thief's to change. */
    async function holdings(thief: Thief) {
      const manager = await connections.operator.jetstreamManager();
      const streams: Record<string, unknown> = {};
      const consumers: Record<string, unknown> = {};
      for await (const { config } of manager.streams.list()) {
        const { state } = await manager.streams.info(config.name, { subjects_filter: '>' });
        const others = Object.entries(state.subjects ?? {}).filter(
          ([subject]) => !OWN[thief].subjects.test(subject),
        );
        const { first_seq, num_deleted } = state;
        const isOwnBucket = thief === 'bot' && config.name.startsWith('KV_');
        streams[config.name] = {
          config,
          others: others.sort(),
          ...(isOwnBucket ? {} : { first_seq, num_deleted }),
        };
        for await (const { name, config: how, ...consumer } of manager.consumers.list(config.name)) {
          const id = `${config.name} ${name}`;
          const { delivered, ack_floor, num_ack_pending } = consumer;
          const progress = { delivered: delivered.stream_seq, acked: ack_floor.stream_seq, num_ack_pending };
          consumers[id] = id === OWN[thief].durable ? { how } : { how, progress };
        }
      }
      return { streams, consumers };
    }

    /** Publishes as a thief, which its permissions may refuse, and waits until the server has read it. */
    async function publish(thief: Thief, messages: { subject: string; payload: string; reply?: string }[]) {
      for (const { subject, payload, reply } of messages)
        connections[thief].publish(subject, payload, reply === undefined ? {} : { reply });
      await connections[thief].flush();
      await Bun.sleep(AFTERMATH_MS);
    }

    const targets = (thief: Thief) => TARGETS.filter(([, , thieves]) => thieves?.includes(thief) ?? true);

    for (const thief of ['bot', 'svc'] as const) {
      test(`${thief} gets nowhere by asking`, async () => {
        const before = await holdings(thief);
        const inbox = createInbox(`_INBOX.popple-${thief}`);
        await publish(
          thief,
          targets(thief).map(([subject, payload]) => ({ subject, payload: text(payload), reply: inbox })),
        );
        expect(await holdings(thief)).toEqual(before);
      });

      test.each(mayAsk(thief))(`${thief} gets nowhere with the answer to %s`, async (asked) => {
        const before = await holdings(thief);
        const messages = targets(thief).flatMap(([reply, payload]) => [
          // What a direct get answers with are the stored bytes.
          ...(thief === 'bot'
            ? ['ANSWERS', 'GATEWAY', 'LEASES', 'IDENTIFY'].map((bucket) => ({
                subject: `$KV.POPPLE_${bucket}.loot`,
                payload: text(payload),
              }))
            : []),
          ...question(asked, text(payload)).map((said) => ({ subject: asked, payload: said, reply })),
        ]);
        await publish(thief, messages);
        expect(await holdings(thief)).toEqual(before);
      });

      test(`${thief} hears nothing that is not its own`, async () => {
        const other = thief === 'bot' ? 'svc' : 'bot';
        const heard: string[] = [];
        const listener = await server.connect(thief);
        const ears = [
          '>',
          '_INBOX.>',
          '_R_.>',
          '$JS.>',
          '$KV.>',
          '$SYS.>',
          'popple.>',
          'popple.query.*',
          `_INBOX.popple-${other}.>`,
        ];
        for (const subject of ears) {
          listener.subscribe(subject, {
            callback: (error, message) => {
              // What the operator asks svc is svc's own, and what svc responds.
              if (error !== null || (thief === 'svc' && message.string() === 'a query')) return;
              heard.push(`${message.subject} ${message.string()}`);
            },
          });
        }
        await listener.flush();
        const { operator } = connections;
        const [stream, durable] = OWN[other].durable.split(' ') as [string, string];
        const subject = other === 'svc' ? 'popple.request.change-karma.5' : 'popple.event.karma-changed.5';
        await operator.jetstream().publish(subject, 'secret');
        const query = await operator.request('popple.query.find-subjects', 'a query', { timeout: 5_000 });
        expect(query.string()).toBe('a query');
        const consumer = await connections[other].jetstream().consumers.get(stream, durable);
        for (;;) {
          const message = await consumer.next({ expires: 5_000 });
          expect(await message?.ackAck()).toBe(true);
          if (message?.string() === 'secret') break;
        }
        await listener.flush();
        await Bun.sleep(AFTERMATH_MS);
        await listener.close();
        expect(heard).toEqual([]);
      });
    }

    test('bot cannot serve the queries of others', async () => {
      const other = await server.connect('bot');
      const served: string[] = [];
      other.subscribe('popple.query.*', {
        callback: (error, message) => {
          if (error !== null) return;
          served.push(message.string());
          message.respond('forged');
        },
      });
      await other.flush();
      for (let asked = 0; asked < 10; asked += 1) {
        const { operator } = connections;
        const response = await operator.request('popple.query.find-subjects', 'secret', { timeout: 5_000 });
        expect(response.string()).toBe('secret');
      }
      await other.close();
      expect(served).toEqual([]);
    });

    test('svc gets nowhere by responding to a query again, or to what was never asked', async () => {
      const before = await holdings('svc');
      const replies: string[] = [];
      const other = await server.connect('svc');
      other.subscribe('popple.query.*', {
        callback: (_error, message) => void (message?.reply && replies.push(message.reply)),
      });
      await other.flush();
      const { bot } = connections;
      await bot.request('popple.query.find-subjects', 'asked', { timeout: 5_000 });
      await other.flush();
      expect(replies.length).toBe(1);
      const guesses = [...replies, '_R_.guess', '_R_.$JS.API.STREAM.PURGE.POPPLE_EVENTS'];
      const messages = guesses.flatMap((subject) =>
        targets('svc').map(([reply, payload]) => ({ subject, payload: text(payload), reply })),
      );
      await publish('svc', messages);
      await other.close();
      expect(await holdings('svc')).toEqual(before);
    });

    test("what is the operator's own works all the same", async () => {
      const before = await holdings('svc');
      await (await connections.operator.jetstreamManager()).streams.purge('POPPLE_EVENTS');
      expect(await holdings('svc')).not.toEqual(before);
    });
  });
});
