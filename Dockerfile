# One image for every process; docker-compose.yml says which one a container runs.
FROM python:3.11-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PATH=/venv/bin:$PATH HOST=0.0.0.0
WORKDIR /app

RUN useradd --create-home --uid 10001 socialops && mkdir media && chown socialops media
COPY requirements.lock .
RUN python -m venv /venv && pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock

COPY . .
# Settings want keys before they are read; these two sign and encrypt nothing.
RUN DATABASE_URL=postgresql://build/build SECRET_KEY=build \
    CREDENTIAL_KEYS=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
    python manage.py collectstatic --no-input --verbosity 0

USER socialops
EXPOSE 8000
CMD ["python", "-m", "socialops.web"]
