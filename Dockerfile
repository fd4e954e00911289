# One image for every part; compose.yaml says which part a container is.
FROM python:3.13-slim AS build
WORKDIR /build
COPY requirements.txt ./
RUN python3 -m venv /opt/tandem \
 && /opt/tandem/bin/python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.txt
COPY pyproject.toml README.md ./
COPY services services
COPY shared shared
RUN /opt/tandem/bin/python -m pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation . \
 && /opt/tandem/bin/python -m compileall -q /opt/tandem

FROM python:3.13-slim
RUN groupadd --gid 10001 tandem && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/tandem tandem \
 && install -d -o tandem -g tandem /var/lib/tandem /backups /keys /keys/public /keys/private /secrets \
      /volumes/runs /volumes/workflows /volumes/executor /volumes/monitor /volumes/postgres /volumes/public
COPY --from=build /opt/tandem /opt/tandem
ENV PATH=/opt/tandem/bin:$PATH PYTHONUNBUFFERED=1 TANDEM_HOME=/var/lib/tandem TANDEM_KEYS=/keys TANDEM_BIND=0.0.0.0 TANDEM_LOG=json
WORKDIR /var/lib/tandem
USER tandem
EXPOSE 8000-8003
