ALTER TABLE "ledger" DROP CONSTRAINT "ledger_kind";--> statement-breakpoint
CREATE INDEX "journal_reason" ON "journal" USING btree ("request_id") WHERE "journal"."reason" IS NOT NULL;--> statement-breakpoint
ALTER TABLE "ledger" ADD CONSTRAINT "ledger_kind" CHECK ("ledger"."kind" IN ('change-karma', 'change-setting', 'undo', 'undo-deleted'));