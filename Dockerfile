# The image of `undertone serve`:
#
#   docker build --tag undertone .
#   docker run --publish 127.0.0.1:8150:8150 --volume undertone:/data undertone

FROM node:20.20.2-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build && npm prune --omit=dev --no-audit --no-fund

FROM node:20.20.2-bookworm-slim
ENV NODE_ENV=production UNDERTONE_CACHE=/data/cache
WORKDIR /app
COPY --from=build /src/package.json /src/THIRD-PARTY-NOTICES ./
COPY --from=build /src/node_modules node_modules
COPY --from=build /src/dist dist
COPY --from=build /src/models models
COPY --from=build /src/recipes recipes
RUN mkdir /data && chown node:node /data
USER node
# Downloaded models, hashes of tokens, and jobs.
VOLUME /data
EXPOSE 8150
HEALTHCHECK --interval=10s --timeout=3s --start-period=120s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8150/health').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/cli/main.js"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8150", "--folder", "/data/serve"]
