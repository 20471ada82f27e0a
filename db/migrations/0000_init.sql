CREATE TABLE "guild" (
	"guild_id" bigint PRIMARY KEY NOT NULL,
	"announce" boolean NOT NULL,
	"announce_request_id" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "karma" (
	"guild_id" bigint NOT NULL,
	"subject" text COLLATE "C" NOT NULL,
	"display" text NOT NULL,
	"karma" bigint NOT NULL,
	CONSTRAINT "karma_guild_id_subject_pk" PRIMARY KEY("guild_id","subject")
);
--> statement-breakpoint
CREATE TABLE "ledger" (
	"request_id" bigint PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"guild_id" bigint NOT NULL,
	"channel_id" bigint NOT NULL,
	"user_id" bigint NOT NULL,
	"changes" jsonb NOT NULL,
	"answer" jsonb NOT NULL,
	"applied_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "ledger_kind" CHECK ("ledger"."kind" IN ('change-karma', 'change-announce'))
);
--> statement-breakpoint
CREATE INDEX "karma_board" ON "karma" USING btree ("guild_id","karma" DESC,"subject");