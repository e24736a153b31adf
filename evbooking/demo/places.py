"""Where the generated stations stand: cities with their real coordinates, street names that fit anywhere."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class City:
    """A city, `weight` its share of the stations (about its inhabitants in thousands), `spread_km` its radius."""

    name: str
    latitude: float
    longitude: float
    postal_prefix: str
    weight: int
    spread_km: float


HAMBURG = City("Hamburg", 53.5511, 9.9937, "20", 1850, 7.0)
CITIES = (
    HAMBURG,
    City("Berlin", 52.5200, 13.4050, "10", 3680, 10.0),
    City("München", 48.1374, 11.5755, "80", 1510, 7.0),
    City("Köln", 50.9375, 6.9603, "50", 1090, 6.0),
    City("Frankfurt am Main", 50.1109, 8.6821, "60", 770, 5.0),
    City("Stuttgart", 48.7758, 9.1829, "70", 630, 5.0),
    City("Düsseldorf", 51.2277, 6.7735, "40", 630, 5.0),
    City("Leipzig", 51.3397, 12.3731, "04", 620, 5.0),
    City("Dortmund", 51.5136, 7.4653, "44", 590, 5.0),
    City("Essen", 51.4556, 7.0116, "45", 580, 5.0),
    City("Bremen", 53.0793, 8.8017, "28", 570, 5.0),
    City("Dresden", 51.0504, 13.7373, "01", 560, 5.0),
    City("Hannover", 52.3759, 9.7320, "30", 540, 5.0),
    City("Nürnberg", 49.4521, 11.0767, "90", 520, 4.5),
    City("Bielefeld", 52.0302, 8.5325, "33", 340, 4.0),
    City("Bonn", 50.7374, 7.0982, "53", 330, 4.0),
    City("Münster", 51.9607, 7.6261, "48", 320, 4.0),
    City("Mannheim", 49.4875, 8.4660, "68", 310, 4.0),
    City("Karlsruhe", 49.0069, 8.4037, "76", 310, 4.0),
    City("Augsburg", 48.3705, 10.8978, "86", 300, 4.0),
    City("Kiel", 54.3233, 10.1228, "24", 250, 3.5),
    City("Freiburg", 47.9990, 7.8421, "79", 230, 3.5),
    City("Lübeck", 53.8655, 10.6866, "23", 220, 3.5),
    City("Erfurt", 50.9848, 11.0299, "99", 210, 3.5),
    City("Rostock", 54.0924, 12.0991, "18", 210, 3.5),
    City("Kassel", 51.3127, 9.4797, "34", 200, 3.5),
    City("Saarbrücken", 49.2402, 6.9969, "66", 180, 3.0),
    City("Regensburg", 49.0134, 12.1016, "93", 155, 3.0),
    City("Göttingen", 51.5413, 9.9158, "37", 118, 2.5),
    City("Ulm", 48.4011, 9.9876, "89", 128, 2.5),
)

STREETS = (
    "Ahornweg", "Am Bahnhof", "Am Markt", "Am Stadtpark", "Bergstraße", "Brückenstraße", "Deichstraße",
    "Eichenallee", "Färbergasse", "Feldstraße", "Fischmarkt", "Gartenstraße", "Goethestraße", "Grüner Weg",
    "Hafenstraße", "Heideweg", "Hopfenmarkt", "Industriestraße", "Kastanienallee", "Kirchplatz", "Klosterwall",
    "Lange Reihe", "Lindenstraße", "Marktstraße", "Messeplatz", "Mühlenweg", "Museumsufer", "Nordring",
    "Oststraße", "Parkallee", "Planckstraße", "Rathausplatz", "Ringstraße", "Rosenweg", "Schanzenstraße",
    "Schillerstraße", "Schloßstraße", "Schulstraße", "Seestraße", "Spitalerstraße", "Steindamm", "Südring",
    "Theaterplatz", "Uferstraße", "Universitätsallee", "Wallstraße", "Weidenweg", "Weststraße", "Ziegelei",
)  # fmt: skip

OPERATORS = (
    ("Alsterstrom", "https://alsterstrom.example"),
    ("Hafenwatt", "https://hafenwatt.example"),
    ("Stadtlade", "https://stadtlade.example"),
    ("Parkvolt", "https://parkvolt.example"),
    ("Autohof Energie", "https://autohof-energie.example"),
    ("Grünkraft Netz", "https://gruenkraft.example"),
)
