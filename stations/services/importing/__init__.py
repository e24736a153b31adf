"""Writing imported stations: all of a file in one transaction, with audit and events as for any other edit.

What the file states is written whenever it differs. What it does not state is assumed once, when a station is new,
named in Station.assumed, and never written again: it belongs to whoever corrects it. An import takes nothing away but
EVSEs that the file calls REMOVED, and assumed EVSEs once the file names the real ones.
"""

from stations.services.importing.publishing import publish_stations
from stations.services.importing.run import Imported, import_stations

__all__ = ["Imported", "import_stations", "publish_stations"]
