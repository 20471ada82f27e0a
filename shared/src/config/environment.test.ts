import { describe, expect, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError, readEnvironment, type Variables } from './environment';
import { VARIABLES } from './variables';

const ALL = VARIABLES;
const RIGHT = {
  DISCORD_TOKEN: 'a.b.c',
  NATS_URL: 'nats://127.0.0.1:4222',
  DATABASE_URL: 'postgres://127.0.0.1:5432/popple',
};

function problemsOf(environment: Record<string, string>, variables: Variables = ALL): readonly string[] {
  try {
    readEnvironment(variables, environment);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

function inFile<Result>(content: string, use: (path: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), 'popple-environment-'));
  const path = join(folder, 'secret');
  writeFileSync(path, content);
  try {
    return use(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('readEnvironment', () => {
  test('reads what is set and falls back for the rest', () => {
    const values = readEnvironment(ALL, { ...RIGHT, REPLY_MAX_AGE: '90s', HTTP_PORT: '0' });
    expect(values.REPLY_MAX_AGE).toBe(90_000);
    expect(values.HTTP_PORT).toBe(0);
    expect(values.DISCORD_API_URL).toBe('https://discord.com/api');
    expect(values.NATS_URL).toEqual(['nats://127.0.0.1:4222']);
    expect(values.STREAM_MAX_AGE).toBe(7 * 86_400_000);
  });

  test('names everything that is missing or wrong at once', () => {
    const problems = problemsOf({
      NATS_URL: 'http://x',
      HTTP_PORT: '70000',
      LOG_LEVEL: 'loud',
      REPLY_MAX_AGE: '1 hour',
    });
    const named = problems.map((problem) => problem.split(/[ :]/)[0]);
    expect(named.sort()).toEqual([
      'DATABASE_URL',
      'DISCORD_TOKEN',
      'HTTP_PORT',
      'LOG_LEVEL',
      'NATS_URL',
      'REPLY_MAX_AGE',
    ]);
    expect(problems.find((problem) => problem.startsWith('HTTP_PORT'))).toContain('from 0 to 65535');
    expect(problems.find((problem) => problem.startsWith('REPLY_MAX_AGE'))).toContain(
      'such as 90s, 15m, 1h or 7d',
    );
    expect(problems.find((problem) => problem.startsWith('DISCORD_TOKEN'))).toContain('DISCORD_TOKEN_FILE');
  });

  test('an empty variable is one that is not set', () => {
    expect(problemsOf({ ...RIGHT, DISCORD_TOKEN: '', HTTP_PORT: '' })).toHaveLength(1);
  });

  test('a secret may come from a file, whose last newline is not part of it', () => {
    const { DISCORD_TOKEN: _, ...rest } = RIGHT;
    const token = inFile('x.y.z\n', (path) =>
      readEnvironment(ALL, { ...rest, DISCORD_TOKEN_FILE: path }),
    ).DISCORD_TOKEN;
    expect(token).toBe('x.y.z');
  });

  test('a file that cannot be read, is empty, or comes beside the variable is a problem', () => {
    const { DISCORD_TOKEN: _, ...rest } = RIGHT;
    expect(problemsOf({ ...rest, DISCORD_TOKEN_FILE: '/nowhere/token' })[0]).toContain('/nowhere/token');
    expect(inFile('\n', (path) => problemsOf({ ...rest, DISCORD_TOKEN_FILE: path }))[0]).toContain('empty');
    expect(inFile('x', (path) => problemsOf({ ...RIGHT, DISCORD_TOKEN_FILE: path }))[0]).toContain(
      'both set',
    );
  });

  test('the value of a secret is never told', () => {
    const problems = problemsOf({
      ...RIGHT,
      DISCORD_TOKEN: 'very secret',
      DATABASE_URL: 'mysql://u:hunter2@x',
    });
    expect(problems).toHaveLength(2);
    expect(problems.join()).not.toContain('very secret');
    expect(problems.join()).not.toContain('hunter2');
  });

  test('what is not a secret is not read from a file', () => {
    expect(inFile('1', (path) => readEnvironment(ALL, { ...RIGHT, HTTP_PORT_FILE: path })).HTTP_PORT).toBe(
      8080,
    );
  });

  test('several NATS servers may be given, and each must be a URL', () => {
    expect(readEnvironment(ALL, { ...RIGHT, NATS_URL: 'nats://a:1, tls://b:2' }).NATS_URL).toEqual([
      'nats://a:1',
      'tls://b:2',
    ]);
    expect(problemsOf({ ...RIGHT, NATS_URL: 'nats://a:1,b:2' })).toHaveLength(1);
  });

  test.each([
    'postgres:hunter2@host/db',
    'postgres:/hunter2@host/db',
    'postgresql:hunter2',
    'postgres://user:hunter2#more@host/db',
    'postgres://user:12/hunter2@host/db',
    'postgres://user:50%hunter2@host/db',
    'postgres://user:12?hunter2@host/db',
    'postgres://user@name:hunter2@host:port/db',
  ])('DATABASE_URL %s is refused, and its secret is not told', (url) => {
    const problems = problemsOf({ ...RIGHT, DATABASE_URL: url });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toStartWith('DATABASE_URL');
    expect(problems[0]).not.toContain('hunter2');
  });

  test.each([
    'nats:hunter2@host:4222',
    'nats://user:hunter2@host/path@x',
    'nats://user:5%hunter2@host',
    'nats://user:1#hunter2@host',
  ])('NATS_URL %s is refused, and its secret is not told', (url) => {
    const problems = problemsOf({ ...RIGHT, NATS_URL: url });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toStartWith('NATS_URL');
    expect(problems[0]).not.toContain('hunter2');
  });

  test.each([
    'postgres://127.0.0.1/popple',
    'postgresql://user:p%40ss%23@[::1]:5432/popple?sslmode=require&application_name=a%40b',
    'postgres:///popple?host=/run/postgresql',
    'postgres:///popple',
  ])('DATABASE_URL %s is taken', (url) => {
    expect(readEnvironment(ALL, { ...RIGHT, DATABASE_URL: url }).DATABASE_URL).toBe(url);
  });
});
