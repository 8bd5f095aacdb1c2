# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""DOI registration at the DataCite REST API that is configured."""

from datacite import DataCiteRESTClient
from invenio_rdm_records.services.pids.providers import DataCiteClient, DataCitePIDProvider


class ConfiguredDataCiteClient(DataCiteClient):
    """A client of the API at ``DATACITE_URL``.

    The framework's client knows DataCite's production and test hosts only; a site
    needs a third one for development, and a time limit, since a publish waits for it.
    """

    timeout = (3.05, 20)

    @property
    def api(self):
        """The DataCite client of this process."""
        if self._api is None:
            self.check_credentials()
            self._api = DataCiteRESTClient(
                self.cfg("username"),
                self.cfg("password"),
                self.cfg("prefix"),
                url=self.cfg("url"),
                timeout=self.timeout,
            )
        return self._api


def use_configured_datacite(providers):
    """Give the DataCite provider among ``providers`` the configured client."""
    client = ConfiguredDataCiteClient("datacite", config_prefix="DATACITE")
    return [
        DataCitePIDProvider("datacite", client=client, serializer=p.serializer, label=p.label)
        if isinstance(p, DataCitePIDProvider)
        else p
        for p in providers
    ]
