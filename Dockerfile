# syntax=docker/dockerfile:1

# The service with everything that it needs at run time. The build tools (npm's development packages, Python, a compiler) stay in
# the first of the two stages.
#
#   docker build -t clavier .
#   docker run --init --stop-timeout 120 -p 8080:8080 -v clavier:/var/lib/clavier clavier
#
# A stop may take as long as the running steps (epochs of a training); by default, Docker kills a container after 10 seconds.

FROM node:24-bookworm AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3-pip g++ \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/clavier
# node_modules links to the native TensorFlow in this cache folder, so its path must be the same in both stages.
ENV XDG_CACHE_HOME=/opt/cache

# Packages and TensorFlow change less often than the sources, so they have their own layers.
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY scripts scripts
RUN node scripts/tensorflow.mjs

COPY . .
RUN node scripts/setup.mjs --quiet \
 && npm prune --omit=dev --ignore-scripts \
 && rm -rf dist/.setup

FROM node:24-bookworm-slim
# Created before the volume is declared, so that a new volume belongs to the user.
RUN mkdir -p /var/lib/clavier && chown node:node /var/lib/clavier
COPY --from=build /opt/cache/clavier /opt/cache/clavier
COPY --from=build /opt/clavier/node_modules /opt/clavier/node_modules
COPY --from=build /opt/clavier/package.json /opt/clavier/package.json
COPY --from=build /opt/clavier/prisma /opt/clavier/prisma
COPY --from=build /opt/clavier/openapi /opt/clavier/openapi
COPY --from=build /opt/clavier/dist /opt/clavier/dist

WORKDIR /opt/clavier
ENV NODE_ENV=production \
    CLAVIER_HOST=0.0.0.0 \
    CLAVIER_PORT=8080 \
    CLAVIER_DATA_DIR=/var/lib/clavier
USER node
VOLUME /var/lib/clavier
EXPOSE 8080
# On SIGTERM, trainers finish and save their running step.
STOPSIGNAL SIGTERM
# A runner without an API serves no HTTP: run its container with --no-healthcheck; compose.yaml disables the check too.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.CLAVIER_PORT}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/main.js"]
CMD ["serve"]
