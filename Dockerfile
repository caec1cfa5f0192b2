# The image of shakedown: ./dev builds the .deb in the first stage, the second installs it.
FROM debian:bookworm-slim AS build
WORKDIR /src
COPY dev packages.txt ./
COPY packaging/lib.sh packaging/
RUN ./dev install run build package
COPY . .
RUN ./dev deb

FROM debian:bookworm-slim
LABEL org.opencontainers.image.title="shakedown" \
      org.opencontainers.image.description="A STIR/SHAKEN ecosystem in one process, for tests" \
      org.opencontainers.image.licenses="MIT"
COPY packages.txt /tmp/list/
COPY packaging/lib.sh /tmp/list/packaging/
COPY --from=build /src/build/shakedown_*.deb /tmp/list/
RUN cd /tmp/list && . packaging/lib.sh && apt-get update \
    && apt-get install -y --no-install-recommends $(packages_of run container) ./shakedown_*.deb \
    && rm -rf /tmp/list /var/lib/apt/lists/* /var/cache/apt/archives/* \
    && mkdir /data && chown 10001:10001 /data
USER 10001:10001
WORKDIR /data
VOLUME /data
ENTRYPOINT ["/usr/bin/tini", "--", "shakedown"]
