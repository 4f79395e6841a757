"""Static files under names that carry their content's hash, so that browsers may keep them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Falls back to the plain name where collectstatic has not run (a fresh checkout, the tests)."""

    manifest_strict = False
    support_js_module_import_aggregation = True
    # Only our own modules: the word "import" in an installed package's comments would stop collectstatic.
    _js_module_import_aggregation_patterns = (
        "js/*.js",
        CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],
    )

    def stored_name(self, name: str) -> str:
        try:
            return super().stored_name(name)
        except ValueError:
            return name
