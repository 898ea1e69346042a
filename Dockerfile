# The mercure module. Two stages: the first builds and collects what the program needs to run, file by file; the
# second is Debian slim with just that. `make build` builds it with Docker, `make image-test` with buildah and runs it
# as mercure does.
FROM debian:bookworm-slim AS build
WORKDIR /src
COPY .ci/dependencies .ci/dependencies
RUN .ci/dependencies build
COPY CMakeLists.txt ./
COPY cmake cmake
COPY include include
COPY core core
COPY plugins plugins
COPY pipelines pipelines
COPY LICENSE ./
RUN cmake -S . -B /build -DBUILD_TESTING=OFF -DCMAKE_INSTALL_PREFIX=/usr/local \
    && cmake --build /build -j "$(nproc)" \
    && DESTDIR=/runtime cmake --install /build --strip \
    && rm -rf /runtime/usr/local/include /runtime/usr/local/lib/*/cmake /runtime/usr/local/lib/*/pkgconfig \
       /runtime/usr/local/lib/cmake /runtime/usr/local/lib/pkgconfig \
    && cmake/runtime-files /runtime

FROM debian:bookworm-slim
COPY --from=build /runtime /
RUN ldconfig && /usr/local/bin/dcmchain --version && test ! -e /etc/monai/app.json && command -v cat
LABEL org.opencontainers.image.title="dcmchain" \
      org.opencontainers.image.description="De-identifies DICOM studies: anonymised images, extracted attributes, a task document" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.vendor="the dcmchain authors"
# mercure gives the folders by MERCURE_IN_DIR and MERCURE_OUT_DIR, any uid, no HOME, perhaps a read-only root.
ENV HOME=/
ENTRYPOINT ["/usr/local/bin/dcmchain"]
CMD ["run"]
