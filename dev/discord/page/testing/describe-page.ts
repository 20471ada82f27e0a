import { afterAll, afterEach, beforeAll, describe, expect } from 'bun:test';
import { chromiumForTests } from '@popple/testing/chromium';
import { ChatStage } from './chat-stage';

const chromium = await chromiumForTests();

/**
 * Tests that share a stage, which is started before the first and closed after the last; skipped where there is no Chromium.
 * After each test its windows are closed, and an error of their scripts fails it.
 */
export function describePage(name: string, define: (stage: ChatStage) => void): void {
  describe.skipIf(chromium === undefined)(name, () => {
    const stage = new ChatStage();
    beforeAll(() => stage.start(chromium ?? ''));
    afterEach(async () => {
      expect(await stage.closeWindows()).toEqual([]);
    });
    afterAll(() => stage.close());
    define(stage);
  });
}
