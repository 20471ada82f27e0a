CREATE TABLE "exclusion" (
	"guild_id" bigint NOT NULL,
	"list" text NOT NULL,
	"user_id" bigint NOT NULL,
	"is_excluded" boolean NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"request_id" text COLLATE "C" NOT NULL,
	CONSTRAINT "exclusion_guild_id_list_user_id_pk" PRIMARY KEY("guild_id","list","user_id")
);
