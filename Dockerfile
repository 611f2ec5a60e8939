# A Talk server for development and tests, in an image that holds nothing but confab:
#
#   docker build -t confab .
#   docker run --rm -p 127.0.0.1:8080:8080 -v talk:/data confab --user 'alice:Alice-Passw0rd:Alice'
#
# What follows the image's name goes to 'confab serve'. It speaks no TLS: publish its port to this machine only, or put
# a proxy that does before it.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o /out/confab ./cmd/confab && mkdir -p /out/data /out/tmp

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/confab /confab
COPY --from=build --chown=65532:65532 /out/data /data
# What SQLite sorts and memory does not hold goes here.
COPY --from=build --chown=65532:65532 /out/tmp /tmp
USER 65532:65532
VOLUME /data
EXPOSE 8080
# In a container every address is the container's own; who may reach it is said by --publish.
ENTRYPOINT ["/confab", "serve", "--addr", "0.0.0.0:8080", "--allow-remote", "--data", "/data"]
