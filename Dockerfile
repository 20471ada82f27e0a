# Popple's image: bot, svc, migrate and the tools, chosen by the first argument.
#
#   docker build -t popple .
#   docker run --rm popple --help
#
# The minor version of Bun is pinned; the packages are those of bun.lock, and the build stops if they would not be.
ARG BUN_IMAGE=oven/bun:1.4-slim

FROM ${BUN_IMAGE} AS packages
WORKDIR /app
# Only what decides which packages there are: this layer is built again when one of these files changes, not with the code.
COPY package.json bun.lock bunfig.toml ./
COPY bot/package.json bot/
COPY svc/package.json svc/
COPY shared/package.json shared/
COPY db/package.json db/
COPY cli/package.json cli/
COPY deploy/package.json deploy/
COPY bench/package.json bench/
COPY dev/chaos/package.json dev/chaos/
COPY dev/discord/package.json dev/discord/
COPY dev/embedded/package.json dev/embedded/
COPY dev/setup/package.json dev/setup/
COPY dev/supervisor/package.json dev/supervisor/
COPY dev/testing/package.json dev/testing/
# Not dev: the tests' browser driver and embedded Postgres stay out.
RUN ["bun", "install", "--frozen-lockfile", "--production", "--omit=peer", "--filter", "@popple/bot", "--filter", "@popple/svc", "--filter", "@popple/shared", "--filter", "@popple/db", "--filter", "@popple/cli", "--filter", "@popple/deploy"]
COPY deploy/image/prune-packages.ts /tmp/
RUN ["bun", "/tmp/prune-packages.ts", "node_modules"]

FROM ${BUN_IMAGE} AS runtime
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY package.json bun.lock bunfig.toml LICENSE ./
COPY shared shared
COPY db db
COPY bot bot
COPY svc svc
COPY cli cli
COPY deploy deploy
# A read-only root has no place for Bun's cache of compiled sources, and a process that lives for weeks needs none.
ENV NODE_ENV=production \
    HTTP_HOST=0.0.0.0 \
    HTTP_PORT=8080 \
    BUN_RUNTIME_TRANSPILER_CACHE_PATH=0 \
    DO_NOT_TRACK=1
USER 1000:1000
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=3 CMD ["bun", "deploy/image/health.ts"]
ENTRYPOINT ["bun", "deploy/image/main.ts"]
CMD ["--help"]
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Popple" \
      org.opencontainers.image.description="A karma bot for Discord: bot, svc, migrate and the tools" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

# What the chat page is made with, beside the packages above.
FROM packages AS page-packages
RUN ["bun", "install", "--frozen-lockfile", "--production", "--omit=peer", "--filter", "@popple/local-discord"]

# The dev profile's stand-in for Discord with its chat page; nothing of it is in the image above.
FROM runtime AS local-discord
COPY --from=page-packages /app/node_modules/preact node_modules/preact
COPY dev/discord/package.json dev/discord/
COPY dev/discord/src dev/discord/src
COPY dev/discord/page dev/discord/page
EXPOSE 3000
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=3 CMD ["bun", "deploy/image/health.ts", "/_local/state"]
ENV HTTP_PORT=3000
ENTRYPOINT ["bun", "dev/discord/src/main.ts"]
# Bots call it discord; browsers come through a port of 127.0.0.1.
CMD ["--host", "0.0.0.0", "--port", "3000", "--allow-host", "discord", "--public-url", "http://discord:3000", "--state", "/data/world.sqlite"]

# What `docker build` makes when no target is named.
FROM runtime
