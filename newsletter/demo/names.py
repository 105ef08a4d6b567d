"""Names and places that the fictional association is made of. Nobody is meant by any of them."""

# Words in a text, since nobody reads a list of a hundred and fifty strings.
GIVEN_NAMES = tuple(
    """
    Agneta Ahmed Aino Alexandra Alma Amanda Amina Anders Andrzej Anja Ann-Charlotte Anna Anna-Lena Anneli
    Annika Arvid Astrid Axel Barbro Bengt Berit Birgitta Björn Bo Britta Camilla Carina Carl Cecilia Charlotte
    Christer Dag Daniel David Ebba Elif Elin Elisabet Ella Elsa Emil Emma Erik Eva Eva-Lotta Fatima Filip
    Folke Frida Gerd Gunilla Gunnar Gustav Göran Görel Hanna Hans Harriet Hassan Helena Henrik Hillevi Håkan
    Ida Inga-Lill Inger Ingrid Ivana Jan Jenny Jin Johan Jonas Josefin Karin Karl-Johan Kerstin Kjell Klara
    Kristina Lars Leif Leila Lena Linnéa Lisbet Lovisa Magnus Maj-Britt Malin Margareta Maria Marie-Louise
    Märta Mats Mehmet Michal Mikael Mirjam Mohammed Monika Nadja Nils Ola Olga Olof Oskar Parisa Per Per-Åke
    Peter Pia Rasmus Renée Rickard Rolf Rosa Rut Samira Sara Sigrid Siv Sixten Sofia Solveig Staffan Stina
    Sture Susanne Sven Svetlana Tage Thi Thomas Tor Torbjörn Tove Ulf Ulrika Veronica Viktor Viveka Wilma
    Yngve Yusuf Zahra Åke Åsa Östen
    """.split()  # noqa: SIM905
)

FAMILY_NAMES = tuple(
    """
    Abdi Abrahamsson Ahlgren Ahmadi Alm Andersson Arvidsson Axelsson Backlund Berggren Bergström Björklund
    Björkqvist Blomqvist Bodin Boström Brännström Byström Carlsson Cederholm Chen Dahlberg Danielsson Dimitrov
    Edström Ek Eklöf Ekman Eliasson Engström Eriksson Fagerström Falk Forsberg Fredriksson Friberg Fält
    Garcia Grahn Granqvist Gröndahl Gustafsson Hagström Haile Hallberg Hansson Hedin Hellström Holmgren
    Hussein Håkansson Häggblom Högberg Höglund Isaksson Ivarsson Jakobsson Jansson Johansson Jönsson Kaplan
    Karlsson Kivelä Kjellberg Kowalski Kristoffersson Källström Köhler Lagerqvist Larsson Lehtonen Lindahl
    Lindström Ljungberg Lund Löfgren Lövgren Magnusson Malmqvist Mårtensson Mattsson Moberg Månsson Möller
    Nguyen Nilsson Nordin Norén Nyström Näslund Ohlsson Olofsson Oskarsson Öman Palmgren Persson Petrović
    Pettersson Popescu Qvist Rahimi Rask Risberg Rosén Rönnberg Salonen Sandström Sjöberg Sjöström Skog
    Stenström Strandberg Ström Sundqvist Svensson Söderberg Sörensen Tadesse Thorén Tran Törnqvist Ulfsson
    Vesterlund Viklund Wallin Wennberg Westerberg Wikström Yildirim Zetterström Åberg Åkerblom Ångström
    Årman Åslund Ödman Örn Österberg Östlund Özdemir
    """.split()  # noqa: SIM905
)

#: Places where more of the members live than elsewhere; everywhere else counts as one.
CROWDED = {
    "Stockholm": 60,
    "Göteborg": 40,
    "Malmö": 25,
    "Uppsala": 18,
    "Linköping": 12,
    "Örebro": 12,
    "Västerås": 12,
    "Helsingborg": 10,
    "Norrköping": 10,
    "Jönköping": 10,
    "Umeå": 10,
    "Lund": 12,
    "Borås": 8,
    "Eskilstuna": 7,
    "Gävle": 9,
    "Södertälje": 6,
    "Nacka": 6,
    "Huddinge": 6,
    "Halmstad": 7,
    "Växjö": 8,
    "Karlstad": 9,
    "Sundsvall": 9,
    "Östersund": 10,
    "Luleå": 9,
    "Falun": 6,
    "Kalmar": 7,
    "Karlskrona": 5,
    "Kristianstad": 6,
    "Skellefteå": 6,
    "Gotland": 6,
    "Härnösand": 4,
    "Kiruna": 3,
}

WORKPLACES = (
    "Biblioteket",
    "Folkhögskolan",
    "Järnvägen",
    "Kommunhuset",
    "Lasarettet",
    "Länsmuseet",
    "Plantskolan",
    "Posten på hörnet",
    "Skolan",
    "Universitetet",
    "Vårdcentralen",
    "Växthuset",
)

#: Where people have their private mail. All reserved for examples (RFC 2606).
PRIVATE_DOMAINS = ("hemma.example", "brevlådan.example", "mejl.example", "posten.example", "bredband.example")
