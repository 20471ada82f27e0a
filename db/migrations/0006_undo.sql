CREATE TABLE "undone" (
	"request_id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"guild_id" bigint NOT NULL,
	"undone_by" text COLLATE "C" NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "ledger" DROP CONSTRAINT "ledger_kind";--> statement-breakpoint
ALTER TABLE "journal" ADD COLUMN "undoes" text COLLATE "C";--> statement-breakpoint
ALTER TABLE "ledger" ADD CONSTRAINT "ledger_kind" CHECK ("ledger"."kind" IN ('change-karma', 'change-setting', 'undo'));