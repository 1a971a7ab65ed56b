<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de">
<context>
    <name>WsNet</name>
    <message>
        <location filename="../../plugin/algorithms/adapt.py"/>
        <source>Adapt a model to another cube</source>
        <translation>Modell an einen anderen Würfel anpassen</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/adapt.py"/>
        <source>Adapted model</source>
        <translation>Angepasstes Modell</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/adapt.py"/>
        <source>Endmember names</source>
        <translation>Namen der Endmember</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/adapt.py"/>
        <source>Estimates the gain and the offset that each band of another cube of the same sensor needs to look like the cube that the model was trained on, and calibrates intervals, fit and limits of detection for its noise. No training. Materials that the model does not know stay unknown: see “Extend a model”.</source>
        <translation>Schätzt Verstärkung und Versatz, die jeder Kanal eines anderen Würfels desselben Sensors braucht, um dem Würfel zu gleichen, auf dem das Modell trainiert wurde, und kalibriert Intervalle, Anpassung und Nachweisgrenzen für sein Rauschen. Kein Training. Materialien, die das Modell nicht kennt, bleiben unbekannt: siehe „Modell erweitern“.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/adapt.py"/>
        <source>Largest gain of a band</source>
        <translation>Größte Verstärkung eines Kanals</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/adapt.py"/>
        <source>Smallest gain of a band</source>
        <translation>Kleinste Verstärkung eines Kanals</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/adapt.py"/>
        <source>Takes a model to another cube of its sensor, without training.</source>
        <translation>Überträgt ein Modell auf einen anderen Würfel seines Sensors, ohne Training.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/adapt.py"/>
        <source>The model for the other cube; the old one stays as it is.</source>
        <translation>Das Modell für den anderen Würfel; das alte bleibt, wie es ist.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/adapt.py"/>
        <source>WS-Net models</source>
        <translation>WS-Net-Modelle</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/adapt.py"/>
        <source>hyperspectral,unmixing,model,transfer,adapt,gain,offset,calibration,multitemporal</source>
        <translation>hyperspektral,Entmischung,Modell,Transfer,anpassen,Verstärkung,Versatz,Kalibrierung,multitemporal</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/apply.py"/>
        <source>Apply a model</source>
        <translation>Modell anwenden</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/apply.py"/>
        <source>Maps the materials of a trained model on a cube of the same sensor, without training. The cube must have the bands that the model was trained on.</source>
        <translation>Kartiert die Materialien eines trainierten Modells auf einem Würfel desselben Sensors, ohne Training. Der Würfel muss die Kanäle haben, mit denen das Modell trainiert wurde.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/apply.py"/>
        <source>Maps the materials of a trained model on another cube.</source>
        <translation>Kartiert die Materialien eines trainierten Modells auf einem anderen Würfel.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/apply.py"/>
        <source>hyperspectral,unmixing,abundance,fraction,confidence,predict,inference</source>
        <translation>hyperspektral,Entmischung,Abundanz,Anteil,Konfidenz,Vorhersage,anwenden</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/area.py"/>
        <source>A live scene made by “Unmix” or “Apply a model”.</source>
        <translation>Eine Live-Szene aus „Entmischen“ oder „Modell anwenden“.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/area.py"/>
        <source>A polygon for each zone with columns for each material.</source>
        <translation>Ein Polygon je Zone mit Spalten für jedes Material.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/area.py"/>
        <source>A row for each zone and material.</source>
        <translation>Eine Zeile je Zone und Material.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/area.py"/>
        <source>Adds up the abundances of a live scene, pixel by pixel, with the area of each pixel on the ellipsoid, unmixes the mean spectrum of each zone beside, takes the mean of both, or for zones of 2 to 49 pixels that touch no other what sets them off from the two pixels around, and gives an interval for it. Pixels share errors; the interval allows for it. Abundances of “scaled” models are no shares of area.</source>
        <translation>Summiert die Abundanzen einer Live-Szene Pixel für Pixel mit der Fläche jedes Pixels auf dem Ellipsoid, entmischt daneben das mittlere Spektrum jeder Zone, nimmt das Mittel von beidem oder bei Zonen von 2 bis 49 Pixeln, die keine andere berühren, das, was sie von den zwei Pixeln ringsum abhebt, und gibt dazu ein Intervall. Pixel haben gemeinsame Fehler; das Intervall berücksichtigt es. Abundanzen von „scaled“-Modellen sind keine Flächenanteile.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/area.py"/>
        <source>Area of a pixel (m²)</source>
        <translation>Fläche eines Pixels (m²)</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/area.py"/>
        <source>Area of all zones (ha)</source>
        <translation>Fläche aller Zonen (ha)</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/area.py"/>
        <source>Area of materials</source>
        <translation>Flächen der Materialien</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/area.py"/>
        <source>Coverage of the intervals</source>
        <translation>Überdeckung der Intervalle</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/area.py"/>
        <source>Hectares of every material by zone, with intervals.</source>
        <translation>Hektar jedes Materials nach Zonen, mit Intervallen.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/area.py"/>
        <source>How often the intervals shall hold the truth; if empty, as often as the model was trained for.</source>
        <translation>Wie oft die Intervalle die Wahrheit enthalten sollen; leer: so oft, wie das Modell trainiert wurde.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/area.py"/>
        <source>Live scene</source>
        <translation>Live-Szene</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/area.py"/>
        <source>Needed only where the cube is not georeferenced, or wrongly.</source>
        <translation>Nur nötig, wenn der Würfel nicht oder falsch georeferenziert ist.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/area.py"/>
        <source>Number of zones</source>
        <translation>Anzahl der Zonen</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/area.py"/>
        <source>Only add up the pixels</source>
        <translation>Nur die Pixel summieren</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/area.py"/>
        <source>Sums of the abundances alone, without the zones’ mean spectra: areas of parts then add up to that of the whole, but are mostly further from the truth.</source>
        <translation>Nur Summen der Abundanzen, ohne die mittleren Spektren der Zonen: Die Flächen von Teilen ergeben dann zusammen die des Ganzen, sind aber meist weiter von der Wahrheit entfernt.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/area.py"/>
        <source>Table of areas</source>
        <translation>Tabelle der Flächen</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/area.py"/>
        <source>Zones with areas</source>
        <translation>Zonen mit Flächen</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/area.py"/>
        <source>hyperspectral,unmixing,area,hectares,zones,zonal,geodesic,interval</source>
        <translation>hyperspektral,Entmischung,Fläche,Hektar,Zonen,zonal,geodätisch,Intervall</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/area.py"/>
        <source>{name} is not a live scene.</source>
        <translation>{name} ist keine Live-Szene.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/area.py"/>
        <source>{zone}, {material}: {area:.6g} ha ({lower:.6g} to {upper:.6g})</source>
        <translation>{zone}, {material}: {area:.6g} ha ({lower:.6g} bis {upper:.6g})</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/audit.py"/>
        <source>A raster on the grid of the cube with a band for each material, named like it.</source>
        <translation>Ein Raster auf dem Gitter des Würfels mit einem Kanal je Material, das dessen Namen trägt.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/audit.py"/>
        <source>A row for each zone.</source>
        <translation>Eine Zeile je Zone.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/audit.py"/>
        <source>A share between 0 and 1.</source>
        <translation>Ein Anteil zwischen 0 und 1.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/audit.py"/>
        <source>Audit a model by zones</source>
        <translation>Modell nach Zonen prüfen</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/audit.py"/>
        <source>Audited zones</source>
        <translation>Geprüfte Zonen</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/audit.py"/>
        <source>Confidence below which an entry is unsure</source>
        <translation>Konfidenz, unter der ein Wert unsicher ist</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/audit.py"/>
        <source>Fit below which a pixel is poorly explained</source>
        <translation>Anpassung, unter der ein Pixel schlecht erklärt ist</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/audit.py"/>
        <source>For each score, the largest gap and the two zones.</source>
        <translation>Zu jedem Wert der größte Unterschied und die beiden Zonen.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/audit.py"/>
        <source>Known abundances</source>
        <translation>Bekannte Abundanzen</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/audit.py"/>
        <source>No zone has a pixel with data.</source>
        <translation>Keine Zone hat ein Pixel mit Daten.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/audit.py"/>
        <source>Table of gaps</source>
        <translation>Tabelle der Unterschiede</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/audit.py"/>
        <source>Table of zones</source>
        <translation>Tabelle der Zonen</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/audit.py"/>
        <source>Tells in which zones a model is good and in which it is not.</source>
        <translation>Sagt, in welchen Zonen ein Modell gut ist und in welchen nicht.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/audit.py"/>
        <source>The zones with their scores as columns.</source>
        <translation>Die Zonen mit ihrer Bewertung als Spalten.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/audit.py"/>
        <source>Unmixes a cube and tells for every zone how well the spectra are explained, what can be detected there, how often the model is unsure, and, where there is a truth, how often its intervals hold and how many weak fractions it finds; then the largest gap between zones for each of these.</source>
        <translation>Entmischt einen Würfel und sagt für jede Zone, wie gut die Spektren erklärt werden, was dort nachgewiesen werden kann, wie oft das Modell unsicher ist und, wo es eine Wahrheit gibt, wie oft seine Intervalle sie enthalten und wie viele schwache Anteile es findet; dann zu jedem Wert den größten Unterschied zwischen Zonen.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/audit.py"/>
        <source>Zone with the largest residual</source>
        <translation>Zone mit dem größten Residuum</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/audit.py"/>
        <source>hyperspectral,unmixing,audit,fairness,zones,zonal,quality,coverage,limit of detection</source>
        <translation>hyperspektral,Entmischung,Prüfung,Fairness,Zonen,zonal,Güte,Überdeckung,Nachweisgrenze</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/base.py"/>
        <source>Endmembers</source>
        <translation>Endmember</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/base.py"/>
        <source>Parameters</source>
        <translation>Parameter</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/base.py"/>
        <source>Scores and reports</source>
        <translation>Bewertung und Berichte</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/base.py"/>
        <source>The model {name} does not exist.</source>
        <translation>Das Modell {name} gibt es nicht.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/base.py"/>
        <source>Unmixing</source>
        <translation>Entmischung</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/base.py"/>
        <source>calibrating the intervals</source>
        <translation>Intervalle werden kalibriert</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/base.py"/>
        <source>counting endmembers</source>
        <translation>Endmember werden gezählt</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/base.py"/>
        <source>drawing</source>
        <translation>Zeichnen</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/base.py"/>
        <source>finishing</source>
        <translation>Abschluss</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/base.py"/>
        <source>fitting gains and offsets</source>
        <translation>Verstärkung und Versatz werden bestimmt</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/base.py"/>
        <source>looking for endmembers</source>
        <translation>Endmember werden gesucht</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/base.py"/>
        <source>reading spectra</source>
        <translation>Spektren werden gelesen</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/base.py"/>
        <source>reading the cube</source>
        <translation>Würfel wird gelesen</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/base.py"/>
        <source>reading the zones</source>
        <translation>Zonen werden gelesen</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/base.py"/>
        <source>training</source>
        <translation>Training</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/base.py"/>
        <source>unmixing</source>
        <translation>Entmischung</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/base.py"/>
        <source>working</source>
        <translation>in Arbeit</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/base.py"/>
        <source>writing</source>
        <translation>Ergebnis wird geschrieben</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/base.py"/>
        <source>“{name}” is not a raster file; unmixing reads files that GDAL opens.</source>
        <translation>„{name}“ ist keine Rasterdatei; die Entmischung liest Dateien, die GDAL öffnet.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/card.py"/>
        <source>A table of scores that “Score abundances against the truth” saved as JSON.</source>
        <translation>Eine Bewertung, die „Abundanzen mit der Wahrheit vergleichen“ als JSON gespeichert hat.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/card.py"/>
        <source>Card</source>
        <translation>Karte</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/card.py"/>
        <source>JSON files</source>
        <translation>JSON-Dateien</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/card.py"/>
        <source>Log of the training</source>
        <translation>Protokoll des Trainings</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/card.py"/>
        <source>Markdown files</source>
        <translation>Markdown-Dateien</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/card.py"/>
        <source>Markdown, or JSON where the name ends with .json.</source>
        <translation>Markdown, oder JSON, wenn der Name auf .json endet.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/card.py"/>
        <source>Model card</source>
        <translation>Modellkarte</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/card.py"/>
        <source>Scores</source>
        <translation>Bewertung</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/card.py"/>
        <source>The file {name} does not exist.</source>
        <translation>Die Datei {name} gibt es nicht.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/card.py"/>
        <source>What the command “wsnet train --log” wrote: the seconds of the training.</source>
        <translation>Was der Befehl „wsnet train --log“ geschrieben hat: die Sekunden des Trainings.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/card.py"/>
        <source>Writes what a model was made of and what it is for, as Markdown for people or JSON for programs: data, options, seeds, materials with their limits of detection, scores, cost, intended use and limits.</source>
        <translation>Schreibt auf, woraus ein Modell gemacht wurde und wozu es dient, als Markdown für Menschen oder JSON für Programme: Daten, Einstellungen, Startwerte, Materialien mit ihren Nachweisgrenzen, Bewertung, Aufwand, Zweck und Grenzen.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/card.py"/>
        <source>Writes what a model was made of and what it is for.</source>
        <translation>Schreibt auf, woraus ein Modell gemacht wurde und wozu es dient.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/card.py"/>
        <source>hyperspectral,unmixing,model card,documentation,provenance,accountability</source>
        <translation>hyperspektral,Entmischung,Modellkarte,Dokumentation,Herkunft,Rechenschaft</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/count.py"/>
        <source>Count by HySime</source>
        <translation>Anzahl nach HySime</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/count.py"/>
        <source>Count by NWHFC</source>
        <translation>Anzahl nach NWHFC</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/count.py"/>
        <source>Count by the growth ratio</source>
        <translation>Anzahl nach dem Wachstumsverhältnis</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/count.py"/>
        <source>Count endmembers</source>
        <translation>Endmember zählen</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/count.py"/>
        <source>Estimates how many materials a cube is made of.</source>
        <translation>Schätzt, aus wie vielen Materialien ein Würfel besteht.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/count.py"/>
        <source>Estimates how many materials a cube is made of: by HySime, which weighs signal against noise, by NWHFC, a test of eigenvalues at a false-alarm rate of 0.0001, and by the growth ratio of eigenvalues. “Unmix” uses the mean of the last two, 2 to 12, unless a number is given: HySime counts too many where neighbouring bands share noise, as most sensors’ do.</source>
        <translation>Schätzt, aus wie vielen Materialien ein Würfel besteht: mit HySime, das Signal gegen Rauschen abwägt, mit NWHFC, einem Test der Eigenwerte mit einer Fehlalarmrate von 0,0001, und mit dem Wachstumsverhältnis der Eigenwerte. „Entmischen“ nimmt das Mittel der beiden letzten, 2 bis 12, wenn keine Anzahl angegeben ist: HySime zählt zu viele, wo benachbarte Kanäle Rauschen teilen, wie bei den meisten Sensoren.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/count.py"/>
        <source>HySime: {hysime}, NWHFC: {nwhfc}, growth ratio: {growth_ratio}; Unmix uses {used}.</source>
        <translation>HySime: {hysime}, NWHFC: {nwhfc}, Wachstumsverhältnis: {growth_ratio}; „Entmischen“ nimmt {used}.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/count.py"/>
        <source>Number that Unmix uses</source>
        <translation>Anzahl, die „Entmischen“ nimmt</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/count.py"/>
        <source>hyperspectral,endmember,virtual dimensionality,HySime,NWHFC,HFC</source>
        <translation>hyperspektral,Endmember,virtuelle Dimensionalität,Anzahl,HySime,NWHFC,HFC</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/endmembers.py"/>
        <source>Condition number</source>
        <translation>Konditionszahl</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/endmembers.py"/>
        <source>Extract endmembers</source>
        <translation>Endmember bestimmen</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/endmembers.py"/>
        <source>Finds the spectra of the materials that a cube is made of, takes them from polygons or points, or resamples a library to the bands of the cube. The table can be used as a library afterwards.</source>
        <translation>Findet die Spektren der Materialien, aus denen ein Würfel besteht, nimmt sie aus Polygonen oder Punkten oder rechnet eine Bibliothek auf die Kanäle des Würfels um. Die Tabelle kann danach als Bibliothek dienen.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/endmembers.py"/>
        <source>Number of endmembers</source>
        <translation>Anzahl der Endmember</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/endmembers.py"/>
        <source>Smallest angle between two (degrees)</source>
        <translation>Kleinster Winkel zwischen zweien (Grad)</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/endmembers.py"/>
        <source>Writes the spectra of the materials of a cube.</source>
        <translation>Schreibt die Spektren der Materialien eines Würfels.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/endmembers.py"/>
        <source>hyperspectral,endmember,spectral library,VCA,N-FINDR,ATGP,archetypal analysis,ROI</source>
        <translation>hyperspektral,Endmember,Spektralbibliothek,VCA,N-FINDR,ATGP,Archetypenanalyse,ROI</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/extend.py"/>
        <source>Adds endmembers to a trained model and trains it a little on simulated mixtures of the old and the new ones, which keeps what it knew. The intervals are calibrated anew for all of them. Costs less than a quarter of a training; the old model stays as it is.</source>
        <translation>Fügt einem trainierten Modell Endmember hinzu und trainiert es kurz auf simulierten Mischungen der alten und der neuen, wobei es behält, was es wusste. Die Intervalle werden für alle neu kalibriert. Kostet weniger als ein Viertel eines Trainings; das alte Modell bleibt, wie es ist.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/extend.py"/>
        <source>Adds materials to a model without training it anew.</source>
        <translation>Fügt einem Modell Materialien hinzu, ohne es neu zu trainieren.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/extend.py"/>
        <source>Choose a library or a layer: what shall the model learn?</source>
        <translation>Wählen Sie eine Bibliothek oder einen Layer: Was soll das Modell lernen?</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/extend.py"/>
        <source>Extend a model</source>
        <translation>Modell erweitern</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/extend.py"/>
        <source>Extended model</source>
        <translation>Erweitertes Modell</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/extend.py"/>
        <source>More steps take longer; beyond 100, little changes.</source>
        <translation>Mehr Schritte dauern länger; über 100 ändert sich wenig.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/extend.py"/>
        <source>The model with the endmembers of the old one and the added ones.</source>
        <translation>Das Modell mit den Endmembern des alten und den hinzugefügten.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/extend.py"/>
        <source>Training steps</source>
        <translation>Trainingsschritte</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/extend.py"/>
        <source>hyperspectral,unmixing,endmember,add,model,transfer,incremental</source>
        <translation>hyperspektral,Entmischung,Endmember,hinzufügen,Modell,Transfer,inkrementell</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/fcls.py"/>
        <source>A GeoTIFF with a band for each material and one for the residual (rmse).</source>
        <translation>Ein GeoTIFF mit einem Kanal je Material und einem für das Residuum (rmse).</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/fcls.py"/>
        <source>Abundances</source>
        <translation>Abundanzen</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/fcls.py"/>
        <source>Classical unmixing (FCLS, NNLS, UCLS)</source>
        <translation>Klassische Entmischung (FCLS, NNLS, UCLS)</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/fcls.py"/>
        <source>Exact least-squares abundances without training.</source>
        <translation>Exakte Abundanzen nach kleinsten Quadraten, ohne Training.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/fcls.py"/>
        <source>Exact least-squares abundances without training. Two numbers warn: a share of negative abundances (without constraints) above a few per cent means that a material is missing; a high condition number means that endmembers are too alike to be told apart.</source>
        <translation>Exakte Abundanzen nach kleinsten Quadraten, ohne Training. Zwei Zahlen warnen: Sind mehr als einige Prozent der Abundanzen (ohne Nebenbedingungen) negativ, so fehlt ein Material; eine hohe Konditionszahl bedeutet, dass sich Endmember zu ähnlich sind, um sie zu unterscheiden.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/fcls.py"/>
        <source>Mean residual</source>
        <translation>Mittleres Residuum</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/fcls.py"/>
        <source>Share of negative abundances without constraints</source>
        <translation>Anteil negativer Abundanzen ohne Nebenbedingungen</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/fcls.py"/>
        <source>hyperspectral,unmixing,least squares,FCLS,NNLS,UCLS,abundance,fraction</source>
        <translation>hyperspektral,Entmischung,kleinste Quadrate,FCLS,NNLS,UCLS,Abundanz,Anteil</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/merge_library.py"/>
        <source>A CSV table, an ENVI library or a model. Its wavelengths are kept.</source>
        <translation>Eine CSV-Tabelle, eine ENVI-Bibliothek oder ein Modell. Ihre Wellenlängen bleiben.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/merge_library.py"/>
        <source>CSV tables</source>
        <translation>CSV-Tabellen</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/merge_library.py"/>
        <source>First library</source>
        <translation>Erste Bibliothek</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/merge_library.py"/>
        <source>Merge spectral libraries</source>
        <translation>Spektralbibliotheken vereinen</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/merge_library.py"/>
        <source>Merged library</source>
        <translation>Vereinte Bibliothek</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/merge_library.py"/>
        <source>Names of the spectra</source>
        <translation>Namen der Spektren</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/merge_library.py"/>
        <source>Number of spectra</source>
        <translation>Anzahl der Spektren</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/merge_library.py"/>
        <source>Puts the spectra of two libraries into one table on the wavelengths of the first; the second is resampled where they differ, and a name that occurs in both gets a suffix.</source>
        <translation>Schreibt die Spektren zweier Bibliotheken in eine Tabelle mit den Wellenlängen der ersten; die zweite wird umgerechnet, wo sie abweicht, und ein Name, der in beiden vorkommt, erhält einen Zusatz.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/merge_library.py"/>
        <source>Second library</source>
        <translation>Zweite Bibliothek</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/merge_library.py"/>
        <source>Spectral libraries</source>
        <translation>Spektralbibliotheken</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/merge_library.py"/>
        <source>The library that is added.</source>
        <translation>Die Bibliothek, die hinzukommt.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/merge_library.py"/>
        <source>The library {name} does not exist.</source>
        <translation>Die Bibliothek {name} gibt es nicht.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/merge_library.py"/>
        <source>Two spectral libraries as one.</source>
        <translation>Zwei Spektralbibliotheken als eine.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/merge_library.py"/>
        <source>hyperspectral,spectral library,endmember,merge,resample,ENVI,sli</source>
        <translation>hyperspektral,Spektralbibliothek,Endmember,vereinen,umrechnen,ENVI,sli</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/merge_library.py"/>
        <source>wavelength_nm and a column for each spectrum.</source>
        <translation>wavelength_nm und eine Spalte je Spektrum.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/options.py"/>
        <source>Choose zones either as polygons or as a raster of classes.</source>
        <translation>Wählen Sie Zonen entweder als Polygone oder als Klassenraster.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/options.py"/>
        <source>Endmembers come either from a library or from a layer, not from both.</source>
        <translation>Endmember kommen entweder aus einer Bibliothek oder aus einem Layer, nicht aus beiden.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/options.py"/>
        <source>zone {n}</source>
        <translation>Zone {n}</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/options.py"/>
        <source>{n} bands were chosen; the others are left out.</source>
        <translation>{n} Kanäle wurden gewählt; die anderen bleiben weg.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>A model made by “Train a model” or “Unmix”.</source>
        <translation>Ein Modell aus „Modell trainieren“ oder „Entmischen“.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>A small file that names the model and the cube; every band is computed when it is drawn or read. Keep it together with both.</source>
        <translation>Eine kleine Datei, die Modell und Würfel nennt; jeder Kanal wird berechnet, wenn er gezeichnet oder gelesen wird. Bewahren Sie sie zusammen mit beiden auf.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>A table without geometry: a row for each endmember and band, ready for charts and joins.</source>
        <translation>Eine Tabelle ohne Geometrie: eine Zeile je Endmember und Kanal, bereit für Diagramme und Verknüpfungen.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>An imaging-spectrometer cube in any format that GDAL reads. Scale, offset, nodata, bad bands and wavelengths are taken from its metadata.</source>
        <translation>Ein Würfel eines abbildenden Spektrometers in jedem Format, das GDAL liest. Skalierung, Versatz, fehlende Werte, schlechte Kanäle und Wellenlängen werden den Metadaten entnommen.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>Bands of the result</source>
        <translation>Kanäle des Ergebnisses</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>Bands to use (all good ones if empty)</source>
        <translation>Zu verwendende Kanäle (leer: alle guten)</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>Cube</source>
        <translation>Würfel</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>Endmember extraction</source>
        <translation>Bestimmung der Endmember</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>Endmember spectra</source>
        <translation>Spektren der Endmember</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>Endmember table</source>
        <translation>Tabelle der Endmember</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>Endmembers from a file: a CSV table (wavelength_nm and a column for each spectrum) or an ENVI library (.sli). They are resampled to the bands of the cube.</source>
        <translation>Endmember aus einer Datei: eine CSV-Tabelle (wavelength_nm und eine Spalte je Spektrum) oder eine ENVI-Bibliothek (.sli). Sie werden auf die Kanäle des Würfels umgerechnet.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>Endmembers from the cube itself: the mean spectrum of the pixels of each material. Features of equal name are one material. Selected features only, if asked.</source>
        <translation>Endmember aus dem Würfel selbst: das mittlere Spektrum der Pixel jedes Materials. Objekte gleichen Namens sind ein Material. Auf Wunsch nur gewählte Objekte.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>Every stratum fills the same share of the training, however small it is; pixels outside all of them are left out. For a model that an audit finds worse in some zones.</source>
        <translation>Jede Schicht füllt den gleichen Teil des Trainings, so klein sie auch ist; Pixel außerhalb aller Schichten bleiben weg. Für ein Modell, das nach einer Prüfung in manchen Zonen schlechter ist.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>Field with the material names</source>
        <translation>Feld mit den Namen der Materialien</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>Field with the names of the strata</source>
        <translation>Feld mit den Namen der Schichten</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>Field with the zone names</source>
        <translation>Feld mit den Namen der Zonen</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>For measuring what each part is worth; leave empty otherwise.</source>
        <translation>Um zu messen, was jeder Teil beiträgt; sonst leer lassen.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>GeoTIFF</source>
        <translation>GeoTIFF</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>How many materials the scene is made of. 0 counts them in the image, 2 to 12; “Count endmembers” says how. Ignored when the endmembers come from a library or a layer.</source>
        <translation>Aus wie vielen Materialien die Szene besteht. 0 zählt sie im Bild, 2 bis 12; „Endmember zählen“ sagt, wie. Ohne Wirkung, wenn die Endmember aus einer Bibliothek oder einem Layer kommen.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>How materials are found in the image. auto tries several and chooses without knowing the truth; the choice is logged. archetypes: archetypal analysis; vca: vertex component analysis; nfindr: largest simplex; atgp: orthogonal projections.</source>
        <translation>Wie Materialien im Bild gefunden werden. auto versucht mehrere Verfahren und wählt, ohne die Wahrheit zu kennen; die Wahl wird protokolliert. archetypes: Archetypenanalyse; vca: Vertex Component Analysis; nfindr: größter Simplex; atgp: orthogonale Projektionen.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>Illumination (a number, or auto)</source>
        <translation>Beleuchtung (eine Zahl oder auto)</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>Instead of polygons: a raster, on any grid, whose values are the strata.</source>
        <translation>Statt Polygonen: ein Raster auf beliebigem Gitter, dessen Werte die Schichten sind.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>Instead of polygons: a raster, on any grid, whose values are the zones.</source>
        <translation>Statt Polygonen: ein Raster auf beliebigem Gitter, dessen Werte die Zonen sind.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>Lean on weak signals</source>
        <translation>Schwache Signale betonen</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>Leave out parts of the network</source>
        <translation>Teile des Netzes weglassen</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>Method</source>
        <translation>Verfahren</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>Mixing model</source>
        <translation>Mischungsmodell</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>More steps take longer; beyond 1000, little changes.</source>
        <translation>Mehr Schritte dauern länger; über 1000 ändert sich wenig.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>Names from the library (all if empty)</source>
        <translation>Namen aus der Bibliothek (leer: alle)</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>Names of the spectra to use, separated by commas.</source>
        <translation>Namen der zu verwendenden Spektren, durch Kommas getrennt.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>Networks in the model (ensemble)</source>
        <translation>Netze im Modell (Ensemble)</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>Number of endmembers (0: counted)</source>
        <translation>Anzahl der Endmember (0: gezählt)</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>Other bands are left out. Bands that the metadata mark as bad, that are empty or constant are always left out; the log says which and why.</source>
        <translation>Andere Kanäle bleiben weg. Kanäle, die in den Metadaten als schlecht markiert, leer oder konstant sind, bleiben immer weg; das Protokoll sagt, welche und warum.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>Pixels belong to the polygons that hold their centres; polygons of equal name are one zone.</source>
        <translation>Pixel gehören zu den Polygonen, in denen ihre Mitte liegt; Polygone gleichen Namens sind eine Zone.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>Polygons of equal name are one stratum; without it, the polygons are numbered.</source>
        <translation>Polygone gleichen Namens sind eine Schicht; ohne dieses werden die Polygone nummeriert.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>Polygons or points of known materials</source>
        <translation>Polygone oder Punkte bekannter Materialien</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>Positive values trust the branch for weak signals more, negative ones less; no retraining is needed.</source>
        <translation>Positive Werte vertrauen dem Zweig für schwache Signale mehr, negative weniger; ein neues Training ist nicht nötig.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>Seed</source>
        <translation>Startwert</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>Several networks, each of another seed, answer with their mean: a little more accurate, with sharper intervals, but training and unmixing take as many times longer. “Extend a model” needs a single network.</source>
        <translation>Mehrere Netze, jedes mit anderem Startwert, antworten mit ihrem Mittel: etwas genauer und mit schärferen Intervallen, aber Training und Entmischung dauern so viele Male länger. „Modell erweitern“ braucht ein einzelnes Netz.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>Spectral library</source>
        <translation>Spektralbibliothek</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>Strata: polygons</source>
        <translation>Schichten: Polygone</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>Strata: raster of classes</source>
        <translation>Schichten: Klassenraster</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>The result does not depend on it.</source>
        <translation>Das Ergebnis hängt nicht davon ab.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>The same bands computed once and stored, for software without WS-Net.</source>
        <translation>Dieselben Kanäle, einmal berechnet und gespeichert, für Programme ohne WS-Net.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>The same seed gives the same result, to the last bit.</source>
        <translation>Derselbe Startwert gibt dasselbe Ergebnis, bis aufs letzte Bit.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>The share of true abundances that the intervals should contain.</source>
        <translation>Der Anteil der wahren Abundanzen, den die Intervalle enthalten sollen.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>The trained network with its endmembers; it can be applied to other cubes of the same sensor.</source>
        <translation>Das trainierte Netz mit seinen Endmembern; es lässt sich auf andere Würfel desselben Sensors anwenden.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>Threads (0: all processors)</source>
        <translation>Threads (0: alle Prozessoren)</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>With the mixing model linear: how much brightness varies over the scene, as the standard deviation of its logarithm, 0 to 1. auto, or empty: 0.15, or as the cube shows it where that is less, or clearly more, as with slopes and shadows.</source>
        <translation>Beim Mischungsmodell linear: wie stark die Helligkeit in der Szene schwankt, als Standardabweichung ihres Logarithmus, 0 bis 1. auto, oder leer: 0.15, oder was der Würfel zeigt, wo das weniger oder deutlich mehr ist, wie bei Hängen und Schatten.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>Without it, the features are numbered.</source>
        <translation>Ohne Angabe werden die Objekte nummeriert.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>Without it, the polygons are numbered.</source>
        <translation>Ohne dieses werden die Polygone nummeriert.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>Without zones, the whole scene is one.</source>
        <translation>Ohne Zonen ist die ganze Szene eine.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>Zones: polygons</source>
        <translation>Zonen: Polygone</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>Zones: raster of classes</source>
        <translation>Zonen: Klassenraster</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>abundance and confidence: a band for each material. interval: lower and upper bound. detected: 1 where the lower bound is above zero. fit: how well the materials explain the pixel (below 0.01: an unknown material). rmse: the residual.</source>
        <translation>abundance und confidence (Konfidenz): ein Kanal je Material. interval: untere und obere Grenze. detected: 1, wo die untere Grenze über null liegt. fit: wie gut die Materialien das Pixel erklären (unter 0,01: ein unbekanntes Material). rmse: das Residuum.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>linear: an abundance is a share of the area; for calibrated cubes. scaled: the brightness of each material is free; for uncalibrated or strongly shaded cubes.</source>
        <translation>linear: eine Abundanz ist ein Flächenanteil; für kalibrierte Würfel. scaled: die Helligkeit jedes Materials ist frei; für unkalibrierte oder stark beschattete Würfel.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>wavelength_nm and a column for each endmember; a spectral library that can be used again.</source>
        <translation>wavelength_nm und eine Spalte je Endmember; eine Spektralbibliothek, die wieder verwendet werden kann.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/parameters.py"/>
        <source>wsnet: the network. fcls: least squares, not negative, sum one. nnls: not negative. ucls: unconstrained. Classical methods have no confidence.</source>
        <translation>wsnet: das Netz. fcls: kleinste Quadrate, nicht negativ, Summe eins. nnls: nicht negativ. ucls: ohne Nebenbedingungen. Klassische Verfahren haben keine Konfidenz.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/quicklook.py"/>
        <source>A live scene, or a GeoTIFF made from one.</source>
        <translation>Eine Live-Szene oder ein daraus erzeugtes GeoTIFF.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/quicklook.py"/>
        <source>Cancelled; nothing was left behind.</source>
        <translation>Abgebrochen; nichts wurde zurückgelassen.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/quicklook.py"/>
        <source>Draws a PNG report of a live scene: for each material the abundance and the confidence map, its spectrum, and its mean abundance with the mean interval.</source>
        <translation>Zeichnet einen PNG-Bericht einer Live-Szene: zu jedem Material die Karten von Abundanz und Konfidenz, sein Spektrum und die mittlere Abundanz mit dem mittleren Intervall.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/quicklook.py"/>
        <source>Draws a PNG report of maps, spectra and intervals.</source>
        <translation>Zeichnet einen PNG-Bericht aus Karten, Spektren und Intervallen.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/quicklook.py"/>
        <source>Larger maps make a larger picture.</source>
        <translation>Größere Karten ergeben ein größeres Bild.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/quicklook.py"/>
        <source>PNG pictures</source>
        <translation>PNG-Bilder</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/quicklook.py"/>
        <source>Picture</source>
        <translation>Bild</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/quicklook.py"/>
        <source>Picture report</source>
        <translation>Bildbericht</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/quicklook.py"/>
        <source>Size of a map (pixels)</source>
        <translation>Größe einer Karte (Pixel)</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/quicklook.py"/>
        <source>The report.</source>
        <translation>Der Bericht.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/quicklook.py"/>
        <source>hyperspectral,unmixing,report,PNG,picture,quicklook,abundance,confidence</source>
        <translation>hyperspektral,Entmischung,Bericht,PNG,Bild,Vorschau,Abundanz,Konfidenz</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/quicklook.py"/>
        <source>{name} could not be written.</source>
        <translation>{name} konnte nicht geschrieben werden.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/scenes.py"/>
        <source>Bands of the three strongest materials</source>
        <translation>Kanäle der drei stärksten Materialien</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/scenes.py"/>
        <source>Choose at least one kind of band that the method has.</source>
        <translation>Wählen Sie mindestens eine Art von Kanal, die das Verfahren hat.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/scenes.py"/>
        <source>Mean confidence</source>
        <translation>Mittlere Konfidenz</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/scenes.py"/>
        <source>Mean fit</source>
        <translation>Mittlere Anpassung</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/scenes.py"/>
        <source>Share of pixels of unknown material</source>
        <translation>Anteil der Pixel aus unbekanntem Material</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/score.py"/>
        <source>A live scene or a raster with a band for each material.</source>
        <translation>Eine Live-Szene oder ein Raster mit einem Kanal je Material.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/score.py"/>
        <source>A raster of the same size with a band for each material. Bands are matched by name, else by spectrum.</source>
        <translation>Ein Raster derselben Größe mit einem Kanal je Material. Kanäle werden nach Namen zugeordnet, sonst nach Spektrum.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/score.py"/>
        <source>Compares abundances with known ones.</source>
        <translation>Vergleicht Abundanzen mit bekannten.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/score.py"/>
        <source>Compares abundances with known ones: RMSE overall, for each material and for weak fractions, recall of weak fractions, coverage of the intervals, and spectral angles where spectra are given.</source>
        <translation>Vergleicht Abundanzen mit bekannten: RMSE insgesamt, je Material und für schwache Anteile, Trefferquote schwacher Anteile, Überdeckung der Intervalle und Spektralwinkel, wo Spektren gegeben sind.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/score.py"/>
        <source>For spectral angles, and to match materials without names.</source>
        <translation>Für Spektralwinkel und um Materialien ohne Namen zuzuordnen.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/score.py"/>
        <source>Score abundances against the truth</source>
        <translation>Abundanzen mit der Wahrheit vergleichen</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/score.py"/>
        <source>Spectra behind the abundances: a table or a model.</source>
        <translation>Spektren hinter den Abundanzen: eine Tabelle oder ein Modell.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/score.py"/>
        <source>Spectral angles need both the endmembers and the true endmembers.</source>
        <translation>Spektralwinkel brauchen die Endmember und die wahren Endmember.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/score.py"/>
        <source>Table of scores</source>
        <translation>Tabelle der Bewertungen</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/score.py"/>
        <source>The scores of every material. JSON can go into a model card.</source>
        <translation>Die Bewertung jedes Materials. JSON kann in eine Modellkarte eingehen.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/score.py"/>
        <source>True endmembers</source>
        <translation>Wahre Endmember</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/score.py"/>
        <source>hyperspectral,unmixing,accuracy,RMSE,SAD,validation,coverage,recall</source>
        <translation>hyperspektral,Entmischung,Genauigkeit,RMSE,SAD,Validierung,Überdeckung,Trefferquote</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/train.py"/>
        <source>Learns the materials of a cube and saves a model.</source>
        <translation>Lernt die Materialien eines Würfels und speichert ein Modell.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/train.py"/>
        <source>Learns the materials of a cube and saves them as a model, which “Apply a model” uses on this or on other cubes of the same sensor.</source>
        <translation>Lernt die Materialien eines Würfels und speichert sie als Modell, das „Modell anwenden“ auf diesem oder anderen Würfeln desselben Sensors verwendet.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/train.py"/>
        <source>Train a model</source>
        <translation>Modell trainieren</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/train.py"/>
        <source>hyperspectral,unmixing,endmember,abundance,neural network,train,spectral library</source>
        <translation>hyperspektral,Entmischung,Endmember,Abundanz,neuronales Netz,Training,Spektralbibliothek</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/unmix.py"/>
        <source>A raster with a band for each material, to compute scores against.</source>
        <translation>Ein Raster mit einem Kanal je Material, mit dem verglichen wird.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/unmix.py"/>
        <source>Finds the materials of a cube, or takes them from a library or a layer, and maps the abundance of each, with a calibrated interval and a confidence. The result is a live layer: abundances are computed when the map is drawn.</source>
        <translation>Findet die Materialien eines Würfels oder nimmt sie aus einer Bibliothek oder einem Layer und kartiert die Abundanz jedes Materials mit kalibriertem Intervall und Konfidenz. Das Ergebnis ist ein Live-Layer: Abundanzen werden berechnet, wenn die Karte gezeichnet wird.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/unmix.py"/>
        <source>Maps the abundance of each material of a cube, with confidence.</source>
        <translation>Kartiert die Abundanz jedes Materials eines Würfels, mit Konfidenz.</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/unmix.py"/>
        <source>Unmix</source>
        <translation>Entmischen</translation>
    </message>
    <message>
        <location filename="../../plugin/algorithms/unmix.py"/>
        <source>hyperspectral,unmixing,endmember,abundance,fraction,confidence,uncertainty,weak signal</source>
        <translation>hyperspektral,Entmischung,Endmember,Abundanz,Anteil,Konfidenz,Unsicherheit,schwaches Signal</translation>
    </message>
    <message>
        <location filename="../../plugin/cube.py"/>
        <source>Not used: band {bands}{span}, {reason}.</source>
        <translation>Nicht verwendet: Kanal {bands}{span}, {reason}.</translation>
    </message>
    <message>
        <location filename="../../plugin/cube.py"/>
        <source>The cube has {n} bands; band {band} does not exist.</source>
        <translation>Der Würfel hat {n} Kanäle; Kanal {band} gibt es nicht.</translation>
    </message>
    <message>
        <location filename="../../plugin/cube.py"/>
        <source>The pixel could not be read.</source>
        <translation>Das Pixel konnte nicht gelesen werden.</translation>
    </message>
    <message>
        <location filename="../../plugin/cube.py"/>
        <source>empty (all nodata)</source>
        <translation>leer (nur fehlende Werte)</translation>
    </message>
    <message>
        <location filename="../../plugin/cube.py"/>
        <source>marked as bad in the metadata</source>
        <translation>in den Metadaten als schlecht markiert</translation>
    </message>
    <message>
        <location filename="../../plugin/cube.py"/>
        <source>the same value everywhere</source>
        <translation>überall derselbe Wert</translation>
    </message>
    <message>
        <location filename="../../plugin/cube.py"/>
        <source>{name} is not a cube.</source>
        <translation>{name} ist kein Würfel.</translation>
    </message>
    <message>
        <location filename="../../plugin/cube.py"/>
        <source>{used} of {all} bands are used.</source>
        <translation>{used} von {all} Kanälen werden verwendet.</translation>
    </message>
    <message>
        <location filename="../../plugin/library.py"/>
        <source>{name} could not be read: {reason}</source>
        <translation>{name} konnte nicht gelesen werden: {reason}</translation>
    </message>
    <message>
        <location filename="../../plugin/library.py"/>
        <source>{name} is not an endmember table: it needs a wavelength column and one column for each material.</source>
        <translation>{name} ist keine Tabelle von Endmembern: Sie braucht eine Spalte mit Wellenlängen und eine Spalte je Material.</translation>
    </message>
    <message>
        <location filename="../../plugin/library.py"/>
        <source>{name} is not an endmember table: {reason}</source>
        <translation>{name} ist keine Tabelle von Endmembern: {reason}</translation>
    </message>
    <message>
        <location filename="../../plugin/live_output.py"/>
        <source>A live scene must be saved as a file that ends with .{ending}: {name}</source>
        <translation>Eine Live-Szene muss als Datei mit der Endung .{ending} gespeichert werden: {name}</translation>
    </message>
    <message>
        <location filename="../../plugin/live_output.py"/>
        <source>Live scenes</source>
        <translation>Live-Szenen</translation>
    </message>
    <message>
        <location filename="../../plugin/model.py"/>
        <source>{name} is not a model.</source>
        <translation>{name} ist kein Modell.</translation>
    </message>
    <message>
        <location filename="../../plugin/native.py"/>
        <source>The GDAL driver of WS-Net ({file}) is missing or was built for another GDAL than {version}: live layers stay empty. Install the package for this GDAL version and restart QGIS.</source>
        <translation>Der GDAL-Treiber von WS-Net ({file}) fehlt oder wurde für ein anderes GDAL als {version} gebaut: Live-Layer bleiben leer. Installieren Sie das Paket für diese GDAL-Version und starten Sie QGIS neu.</translation>
    </message>
    <message>
        <location filename="../../plugin/native.py"/>
        <source>The native part of WS-Net is not installed. Install the plugin package for your platform (wsnet-{platform}.zip) with “Install from ZIP”, or build and install WS-Net, and restart QGIS.</source>
        <translation>Der native Teil von WS-Net ist nicht installiert. Installieren Sie das Erweiterungspaket für Ihre Plattform (wsnet-{platform}.zip) über „Aus ZIP installieren“, oder bauen und installieren Sie WS-Net, und starten Sie QGIS neu.</translation>
    </message>
    <message>
        <location filename="../../plugin/picture.py"/>
        <source>band number</source>
        <translation>Kanalnummer</translation>
    </message>
    <message>
        <location filename="../../plugin/picture.py"/>
        <source>blue</source>
        <translation>blau</translation>
    </message>
    <message>
        <location filename="../../plugin/picture.py"/>
        <source>confidence (yellow: certain)</source>
        <translation>Konfidenz (gelb: sicher)</translation>
    </message>
    <message>
        <location filename="../../plugin/picture.py"/>
        <source>fit (dark: unknown material)</source>
        <translation>Anpassung (dunkel: unbekanntes Material)</translation>
    </message>
    <message>
        <location filename="../../plugin/picture.py"/>
        <source>green</source>
        <translation>grün</translation>
    </message>
    <message>
        <location filename="../../plugin/picture.py"/>
        <source>mean abundance and mean interval</source>
        <translation>mittlere Abundanz und mittleres Intervall</translation>
    </message>
    <message>
        <location filename="../../plugin/picture.py"/>
        <source>red</source>
        <translation>rot</translation>
    </message>
    <message>
        <location filename="../../plugin/picture.py"/>
        <source>wavelength (nm)</source>
        <translation>Wellenlänge (nm)</translation>
    </message>
    <message>
        <location filename="../../plugin/picture.py"/>
        <source>{material}: abundance</source>
        <translation>{material}: Abundanz</translation>
    </message>
    <message>
        <location filename="../../plugin/pixel.py"/>
        <source>left out by the user</source>
        <translation>vom Benutzer weggelassen</translation>
    </message>
    <message>
        <location filename="../../plugin/pixel.py"/>
        <source>no fit value</source>
        <translation>kein Wert der Anpassung</translation>
    </message>
    <message>
        <location filename="../../plugin/pixel.py"/>
        <source>poorly explained by the endmembers</source>
        <translation>von den Endmembern schlecht erklärt</translation>
    </message>
    <message>
        <location filename="../../plugin/pixel.py"/>
        <source>unknown material: the endmembers cannot explain this pixel</source>
        <translation>unbekanntes Material: Die Endmember können dieses Pixel nicht erklären</translation>
    </message>
    <message>
        <location filename="../../plugin/pixel.py"/>
        <source>very well explained by the endmembers</source>
        <translation>von den Endmembern sehr gut erklärt</translation>
    </message>
    <message>
        <location filename="../../plugin/pixel.py"/>
        <source>well explained by the endmembers</source>
        <translation>von den Endmembern gut erklärt</translation>
    </message>
    <message>
        <location filename="../../plugin/process.py"/>
        <source>The WS-Net command failed with code {n}.</source>
        <translation>Das WS-Net-Programm endete mit dem Fehlercode {n}.</translation>
    </message>
    <message>
        <location filename="../../plugin/process.py"/>
        <source>The WS-Net command stopped unexpectedly (signal {n}). {message}</source>
        <translation>Das WS-Net-Programm endete unerwartet (Signal {n}). {message}</translation>
    </message>
    <message>
        <location filename="../../plugin/process.py"/>
        <source>The answer of WS-Net could not be read: {reason}</source>
        <translation>Die Antwort von WS-Net konnte nicht gelesen werden: {reason}</translation>
    </message>
    <message>
        <location filename="../../plugin/process.py"/>
        <source>about {n} min left</source>
        <translation>noch etwa {n} min</translation>
    </message>
    <message>
        <location filename="../../plugin/process.py"/>
        <source>about {n} s left</source>
        <translation>noch etwa {n} s</translation>
    </message>
    <message>
        <location filename="../../plugin/process.py"/>
        <source>{program} could not be started: {reason}</source>
        <translation>{program} konnte nicht gestartet werden: {reason}</translation>
    </message>
    <message>
        <location filename="../../plugin/project_macro.py"/>
        <source>Layers of this project are computed live by the plugin “WS-Net Unmixing”. Install it from the plugin manager, restart QGIS and open the project again.</source>
        <translation>Layer dieses Projekts werden live von der Erweiterung „WS-Net Unmixing“ berechnet. Installieren Sie sie mit der Erweiterungsverwaltung, starten Sie QGIS neu und öffnen Sie das Projekt noch einmal.</translation>
    </message>
    <message>
        <location filename="../../plugin/project_macro.py"/>
        <source>Readers without WS-Net will be told what to install, once they allow the macro of the project.</source>
        <translation>Leser ohne WS-Net erfahren, was zu installieren ist, sobald sie das Makro des Projekts zulassen.</translation>
    </message>
    <message>
        <location filename="../../plugin/project_macro.py"/>
        <source>The project no longer tells readers what to install.</source>
        <translation>Das Projekt sagt Lesern nicht mehr, was zu installieren ist.</translation>
    </message>
    <message>
        <location filename="../../plugin/project_macro.py"/>
        <source>This project has macros of its own; they were left as they are.</source>
        <translation>Dieses Projekt hat eigene Makros; sie bleiben, wie sie sind.</translation>
    </message>
    <message>
        <location filename="../../plugin/provider.py"/>
        <source>WS-Net unmixing</source>
        <translation>WS-Net-Entmischung</translation>
    </message>
    <message>
        <location filename="../../plugin/provider.py"/>
        <source>WS-Net unmixing of imaging-spectrometer cubes</source>
        <translation>WS-Net-Entmischung von Würfeln abbildender Spektrometer</translation>
    </message>
    <message>
        <location filename="../../plugin/regions.py"/>
        <source>Feature {n} cannot be moved to the cube’s coordinates.</source>
        <translation>Objekt {n} lässt sich nicht in die Koordinaten des Würfels übertragen.</translation>
    </message>
    <message>
        <location filename="../../plugin/regions.py"/>
        <source>More than {n} features: choose fewer.</source>
        <translation>Mehr als {n} Objekte: Wählen Sie weniger.</translation>
    </message>
    <message>
        <location filename="../../plugin/regions.py"/>
        <source>The layer has no field {name}.</source>
        <translation>Der Layer hat kein Feld {name}.</translation>
    </message>
    <message>
        <location filename="../../plugin/regions.py"/>
        <source>The layer has no shapes.</source>
        <translation>Der Layer hat keine Formen.</translation>
    </message>
    <message>
        <location filename="../../plugin/regions.py"/>
        <source>endmember {n}</source>
        <translation>Endmember {n}</translation>
    </message>
    <message>
        <location filename="../../plugin/results.py"/>
        <source>Abundance</source>
        <translation>Abundanz</translation>
    </message>
    <message>
        <location filename="../../plugin/results.py"/>
        <source>Confidence</source>
        <translation>Konfidenz</translation>
    </message>
    <message>
        <location filename="../../plugin/results.py"/>
        <source>Fit (unknown materials)</source>
        <translation>Anpassung (unbekannte Materialien)</translation>
    </message>
    <message>
        <location filename="../../plugin/results.py"/>
        <source>Strongest materials</source>
        <translation>Stärkste Materialien</translation>
    </message>
    <message>
        <location filename="../../plugin/results.py"/>
        <source>This layer is computed live by the QGIS plugin “WS-Net Unmixing” and its GDAL driver. If it is unavailable or empty, install the plugin from the plugin manager and restart QGIS.</source>
        <translation>Dieser Layer wird von der QGIS-Erweiterung „WS-Net Unmixing“ und ihrem GDAL-Treiber live berechnet. Ist er nicht verfügbar oder leer, so installieren Sie die Erweiterung über die Erweiterungsverwaltung und starten Sie QGIS neu.</translation>
    </message>
    <message>
        <location filename="../../plugin/results.py"/>
        <source>{cube}: {n} materials (WS-Net)</source>
        <translation>{cube}: {n} Materialien (WS-Net)</translation>
    </message>
    <message>
        <location filename="../../plugin/scene.py"/>
        <source>{name} could not be read.</source>
        <translation>{name} konnte nicht gelesen werden.</translation>
    </message>
    <message>
        <location filename="../../plugin/scene.py"/>
        <source>{name} is not a raster that GDAL can open.</source>
        <translation>{name} ist kein Raster, das GDAL öffnen kann.</translation>
    </message>
    <message>
        <location filename="../../plugin/scores.py"/>
        <source>Coverage of the intervals, weak fractions</source>
        <translation>Überdeckung der Intervalle, schwache Anteile</translation>
    </message>
    <message>
        <location filename="../../plugin/scores.py"/>
        <source>Mean spectral angle (rad)</source>
        <translation>Mittlerer Spektralwinkel (rad)</translation>
    </message>
    <message>
        <location filename="../../plugin/scores.py"/>
        <source>RMSE of weak fractions</source>
        <translation>RMSE schwacher Anteile</translation>
    </message>
    <message>
        <location filename="../../plugin/scores.py"/>
        <source>RMSE, all entries</source>
        <translation>RMSE, alle Einträge</translation>
    </message>
    <message>
        <location filename="../../plugin/scores.py"/>
        <source>RMSE, mean of the materials</source>
        <translation>RMSE, Mittel der Materialien</translation>
    </message>
    <message>
        <location filename="../../plugin/scores.py"/>
        <source>Recall of weak fractions at 5 % false positives</source>
        <translation>Trefferquote schwacher Anteile bei 5 % Fehlalarmen</translation>
    </message>
    <message>
        <location filename="../../plugin/styling.py"/>
        <source>0 none</source>
        <translation>0 nichts</translation>
    </message>
    <message>
        <location filename="../../plugin/styling.py"/>
        <source>0 unknown material</source>
        <translation>0 unbekanntes Material</translation>
    </message>
    <message>
        <location filename="../../plugin/styling.py"/>
        <source>0 unsure</source>
        <translation>0 unsicher</translation>
    </message>
    <message>
        <location filename="../../plugin/styling.py"/>
        <source>1 all</source>
        <translation>1 alles</translation>
    </message>
    <message>
        <location filename="../../plugin/styling.py"/>
        <source>1 certain</source>
        <translation>1 sicher</translation>
    </message>
    <message>
        <location filename="../../plugin/styling.py"/>
        <source>1 well explained</source>
        <translation>1 gut erklärt</translation>
    </message>
    <message>
        <location filename="../../ui/abundance_bars.py"/>
        <source>Abundances of the pixel</source>
        <translation>Abundanzen des Pixels</translation>
    </message>
    <message>
        <location filename="../../ui/abundance_bars.py"/>
        <source>Bar: abundance. Whisker: interval. Triangle: limit of detection.</source>
        <translation>Balken: Abundanz. Strich: Intervall. Dreieck: Nachweisgrenze.</translation>
    </message>
    <message>
        <location filename="../../ui/abundance_bars.py"/>
        <source>below the limit of detection</source>
        <translation>unter der Nachweisgrenze</translation>
    </message>
    <message>
        <location filename="../../ui/abundance_bars.py"/>
        <source>between {lower} and {upper}</source>
        <translation>zwischen {lower} und {upper}</translation>
    </message>
    <message>
        <location filename="../../ui/advanced_box.py"/>
        <source>&amp;Bands to use</source>
        <translation>&amp;Kanäle</translation>
    </message>
    <message>
        <location filename="../../ui/advanced_box.py"/>
        <source>&amp;Extraction</source>
        <translation>&amp;Endmembersuche</translation>
    </message>
    <message>
        <location filename="../../ui/advanced_box.py"/>
        <source>&amp;Lean on weak signals</source>
        <translation>Sch&amp;wache Signale betonen</translation>
    </message>
    <message>
        <location filename="../../ui/advanced_box.py"/>
        <source>&amp;Threads</source>
        <translation>&amp;Threads</translation>
    </message>
    <message>
        <location filename="../../ui/advanced_box.py"/>
        <source>Advanced</source>
        <translation>Erweitert</translation>
    </message>
    <message>
        <location filename="../../ui/advanced_box.py"/>
        <source>Archetypal analysis</source>
        <translation>Archetypenanalyse</translation>
    </message>
    <message>
        <location filename="../../ui/advanced_box.py"/>
        <source>Best of several</source>
        <translation>Bestes aus mehreren</translation>
    </message>
    <message>
        <location filename="../../ui/advanced_box.py"/>
        <source>Co&amp;verage of intervals</source>
        <translation>Ü&amp;berdeckung der Intervalle</translation>
    </message>
    <message>
        <location filename="../../ui/advanced_box.py"/>
        <source>Illumination is a number from 0 to 1, or auto, not “{text}”.</source>
        <translation>Die Beleuchtung ist eine Zahl von 0 bis 1 oder auto, nicht „{text}“.</translation>
    </message>
    <message>
        <location filename="../../ui/advanced_box.py"/>
        <source>Illumination varies b&amp;y</source>
        <translation>Bele&amp;uchtung schwankt um</translation>
    </message>
    <message>
        <location filename="../../ui/advanced_box.py"/>
        <source>Netw&amp;orks (ensemble)</source>
        <translation>Net&amp;ze (Ensemble)</translation>
    </message>
    <message>
        <location filename="../../ui/advanced_box.py"/>
        <source>See&amp;d</source>
        <translation>Sta&amp;rtwert</translation>
    </message>
    <message>
        <location filename="../../ui/advanced_box.py"/>
        <source>Training &amp;steps</source>
        <translation>Trainings&amp;schritte</translation>
    </message>
    <message>
        <location filename="../../ui/advanced_box.py"/>
        <source>Vertex component analysis (VCA)</source>
        <translation>Vertex Component Analysis (VCA)</translation>
    </message>
    <message>
        <location filename="../../ui/advanced_box.py"/>
        <source>all good bands, or for example 1-90, 100-130</source>
        <translation>alle guten, oder zum Beispiel 1-90, 100-130</translation>
    </message>
    <message>
        <location filename="../../ui/advanced_box.py"/>
        <source>all processors</source>
        <translation>alle Prozessoren</translation>
    </message>
    <message>
        <location filename="../../ui/advanced_box.py"/>
        <source>“{text}” is not a band or a range of bands.</source>
        <translation>„{text}“ ist kein Kanal und kein Bereich von Kanälen.</translation>
    </message>
    <message>
        <location filename="../../ui/dock.py"/>
        <source>&amp;Add spectrum…</source>
        <translation>Spektrum &amp;hinzufügen …</translation>
    </message>
    <message>
        <location filename="../../ui/dock.py"/>
        <source>&amp;Copy as CSV</source>
        <translation>Als &amp;CSV kopieren</translation>
    </message>
    <message>
        <location filename="../../ui/dock.py"/>
        <source>&amp;Pick pixels</source>
        <translation>&amp;Pixel wählen</translation>
    </message>
    <message>
        <location filename="../../ui/dock.py"/>
        <source>&amp;Retrain</source>
        <translation>Neu t&amp;rainieren</translation>
    </message>
    <message>
        <location filename="../../ui/dock.py"/>
        <source>Add spectrum</source>
        <translation>Spektrum hinzufügen</translation>
    </message>
    <message>
        <location filename="../../ui/dock.py"/>
        <source>Add the measured spectrum to the endmembers</source>
        <translation>Das gemessene Spektrum zu den Endmembern hinzufügen</translation>
    </message>
    <message>
        <location filename="../../ui/dock.py"/>
        <source>Click pixels on the map to see their spectra</source>
        <translation>Pixel auf der Karte anklicken, um ihre Spektren zu sehen</translation>
    </message>
    <message>
        <location filename="../../ui/dock.py"/>
        <source>Column {column}, row {row}</source>
        <translation>Spalte {column}, Zeile {row}</translation>
    </message>
    <message>
        <location filename="../../ui/dock.py"/>
        <source>Copy spectra and abundances for a spreadsheet</source>
        <translation>Spektren und Abundanzen für eine Tabellenkalkulation kopieren</translation>
    </message>
    <message>
        <location filename="../../ui/dock.py"/>
        <source>Endmembers for retraining</source>
        <translation>Endmember für ein neues Training</translation>
    </message>
    <message>
        <location filename="../../ui/dock.py"/>
        <source>Fit of the pixel</source>
        <translation>Anpassung des Pixels</translation>
    </message>
    <message>
        <location filename="../../ui/dock.py"/>
        <source>Fit {value}: {words}.</source>
        <translation>Anpassung {value}: {words}.</translation>
    </message>
    <message>
        <location filename="../../ui/dock.py"/>
        <source>Name of the material:</source>
        <translation>Name des Materials:</translation>
    </message>
    <message>
        <location filename="../../ui/dock.py"/>
        <source>No pixel picked yet.</source>
        <translation>Noch kein Pixel gewählt.</translation>
    </message>
    <message>
        <location filename="../../ui/dock.py"/>
        <source>Unmix again with the ticked endmembers</source>
        <translation>Mit den angekreuzten Endmembern neu entmischen</translation>
    </message>
    <message>
        <location filename="../../ui/dock.py"/>
        <source>WS-Net pixel</source>
        <translation>WS-Net-Pixel</translation>
    </message>
    <message>
        <location filename="../../ui/dock.py"/>
        <source>Whiskers: {coverage} % intervals. Triangles: limits of detection.</source>
        <translation>Striche: {coverage}-%-Intervalle. Dreiecke: Nachweisgrenzen.</translation>
    </message>
    <message>
        <location filename="../../ui/dock.py"/>
        <source>pixel {column}/{row}</source>
        <translation>Pixel {column}/{row}</translation>
    </message>
    <message>
        <location filename="../../ui/interface.py"/>
        <source>&amp;WS-Net unmixing</source>
        <translation>&amp;WS-Net-Entmischung</translation>
    </message>
    <message>
        <location filename="../../ui/interface.py"/>
        <source>Pixel spectra and abundances</source>
        <translation>Spektren und Abundanzen von Pixeln</translation>
    </message>
    <message>
        <location filename="../../ui/interface.py"/>
        <source>Reading {name}</source>
        <translation>{name} wird gelesen</translation>
    </message>
    <message>
        <location filename="../../ui/interface.py"/>
        <source>Show all layers of the active live scene</source>
        <translation>Alle Layer der aktiven Live-Szene zeigen</translation>
    </message>
    <message>
        <location filename="../../ui/interface.py"/>
        <source>Tell readers of this project what to install</source>
        <translation>Lesern dieses Projekts sagen, was zu installieren ist</translation>
    </message>
    <message>
        <location filename="../../ui/interface.py"/>
        <source>The active layer is not a live scene.</source>
        <translation>Der aktive Layer ist keine Live-Szene.</translation>
    </message>
    <message>
        <location filename="../../ui/interface.py"/>
        <source>There is no live layer in this project: unmix a cube first.</source>
        <translation>In diesem Projekt gibt es keinen Live-Layer: Entmischen Sie zuerst einen Würfel.</translation>
    </message>
    <message>
        <location filename="../../ui/interface.py"/>
        <source>This place is outside the cube.</source>
        <translation>Dieser Ort liegt außerhalb des Würfels.</translation>
    </message>
    <message>
        <location filename="../../ui/interface.py"/>
        <source>Unmix…</source>
        <translation>Entmischen …</translation>
    </message>
    <message>
        <location filename="../../ui/interface.py"/>
        <source>“{name}” could not be read.</source>
        <translation>„{name}“ konnte nicht gelesen werden.</translation>
    </message>
    <message>
        <location filename="../../ui/material_source.py"/>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <location filename="../../ui/material_source.py"/>
        <source>&amp;Layer</source>
        <translation>&amp;Layer</translation>
    </message>
    <message>
        <location filename="../../ui/material_source.py"/>
        <source>&amp;Number of materials</source>
        <translation>&amp;Anzahl der Materialien</translation>
    </message>
    <message>
        <location filename="../../ui/material_source.py"/>
        <source>Choose a layer of polygons or points.</source>
        <translation>Wählen Sie einen Layer mit Polygonen oder Punkten.</translation>
    </message>
    <message>
        <location filename="../../ui/material_source.py"/>
        <source>Choose a spectral library.</source>
        <translation>Wählen Sie eine Spektralbibliothek.</translation>
    </message>
    <message>
        <location filename="../../ui/material_source.py"/>
        <source>Na&amp;me field</source>
        <translation>Na&amp;mensfeld</translation>
    </message>
    <message>
        <location filename="../../ui/material_source.py"/>
        <source>Na&amp;mes</source>
        <translation>Na&amp;men</translation>
    </message>
    <message>
        <location filename="../../ui/material_source.py"/>
        <source>all</source>
        <translation>alle</translation>
    </message>
    <message>
        <location filename="../../ui/material_source.py"/>
        <source>automatic</source>
        <translation>automatisch</translation>
    </message>
    <message>
        <location filename="../../ui/material_source.py"/>
        <source>“automatic” counts the materials in the image, 2 to 12</source>
        <translation>„automatisch“ zählt die Materialien im Bild, 2 bis 12</translation>
    </message>
    <message>
        <location filename="../../ui/pixel_picker.py"/>
        <source>Reading a pixel</source>
        <translation>Ein Pixel wird gelesen</translation>
    </message>
    <message>
        <location filename="../../ui/pixel_picker.py"/>
        <source>reading</source>
        <translation>wird gelesen</translation>
    </message>
    <message>
        <location filename="../../ui/project_watch.py"/>
        <source>Live layers whose model or cube was moved or deleted: {names}</source>
        <translation>Live-Layer, deren Modell oder Würfel verschoben oder gelöscht wurde: {names}</translation>
    </message>
    <message>
        <location filename="../../ui/project_watch.py"/>
        <source>{n} live layers cannot be drawn. {problem}</source>
        <translation>{n} Live-Layer können nicht gezeichnet werden. {problem}</translation>
    </message>
    <message>
        <location filename="../../ui/run.py"/>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <location filename="../../ui/run.py"/>
        <source>Cancel unmixing</source>
        <translation>Entmischung abbrechen</translation>
    </message>
    <message>
        <location filename="../../ui/run.py"/>
        <source>Progress of unmixing</source>
        <translation>Fortschritt der Entmischung</translation>
    </message>
    <message>
        <location filename="../../ui/run.py"/>
        <source>The materials were counted in the image ({counts}). For more or fewer, set their number in the dialog and unmix again.</source>
        <translation>Die Materialien wurden im Bild gezählt ({counts}). Für mehr oder weniger geben Sie die Anzahl im Dialog an und entmischen erneut.</translation>
    </message>
    <message>
        <location filename="../../ui/run.py"/>
        <source>Unmixed, but: {text}</source>
        <translation>Entmischt, aber: {text}</translation>
    </message>
    <message>
        <location filename="../../ui/run.py"/>
        <source>Unmixing {name}</source>
        <translation>{name} wird entmischt</translation>
    </message>
    <message>
        <location filename="../../ui/run.py"/>
        <source>cancelling</source>
        <translation>wird abgebrochen</translation>
    </message>
    <message>
        <location filename="../../ui/run.py"/>
        <source>starting</source>
        <translation>wird gestartet</translation>
    </message>
    <message>
        <location filename="../../ui/run.py"/>
        <source>{n} materials counted and mapped in {seconds:.0f} s. Now click a pixel.</source>
        <translation>{n} Materialien in {seconds:.0f} s gezählt und kartiert. Klicken Sie ein Pixel an.</translation>
    </message>
    <message>
        <location filename="../../ui/run.py"/>
        <source>{n} materials mapped in {seconds:.0f} s. Now click a pixel.</source>
        <translation>{n} Materialien in {seconds:.0f} s kartiert. Klicken Sie ein Pixel an.</translation>
    </message>
    <message>
        <location filename="../../ui/run.py"/>
        <source>“{name}” could not be unmixed.</source>
        <translation>„{name}“ konnte nicht entmischt werden.</translation>
    </message>
    <message>
        <location filename="../../ui/spectrum_plot.py"/>
        <source>Click a pixel of the map to see its spectrum.</source>
        <translation>Klicken Sie ein Pixel der Karte an, um sein Spektrum zu sehen.</translation>
    </message>
    <message>
        <location filename="../../ui/spectrum_plot.py"/>
        <source>Click a pixel on the map first.</source>
        <translation>Klicken Sie zuerst ein Pixel auf der Karte an.</translation>
    </message>
    <message>
        <location filename="../../ui/spectrum_plot.py"/>
        <source>Measured and reconstructed spectrum of {n} bands. Left and right arrow keys read the values.</source>
        <translation>Gemessenes und rekonstruiertes Spektrum aus {n} Kanälen. Die Pfeiltasten links und rechts lesen die Werte vor.</translation>
    </message>
    <message>
        <location filename="../../ui/spectrum_plot.py"/>
        <source>Spectrum of the pixel</source>
        <translation>Spektrum des Pixels</translation>
    </message>
    <message>
        <location filename="../../ui/spectrum_plot.py"/>
        <source>This pixel has no value.</source>
        <translation>Dieses Pixel hat keinen Wert.</translation>
    </message>
    <message>
        <location filename="../../ui/spectrum_plot.py"/>
        <source>band {n}</source>
        <translation>Kanal {n}</translation>
    </message>
    <message>
        <location filename="../../ui/spectrum_plot.py"/>
        <source>measured</source>
        <translation>gemessen</translation>
    </message>
    <message>
        <location filename="../../ui/spectrum_plot.py"/>
        <source>reconstructed</source>
        <translation>rekonstruiert</translation>
    </message>
    <message>
        <location filename="../../ui/spectrum_plot.py"/>
        <source>{place}: measured {measured}, reconstructed {reconstructed}</source>
        <translation>{place}: gemessen {measured}, rekonstruiert {reconstructed}</translation>
    </message>
    <message>
        <location filename="../../ui/unmix_dialog.py"/>
        <source>&amp;Cube</source>
        <translation>&amp;Würfel</translation>
    </message>
    <message>
        <location filename="../../ui/unmix_dialog.py"/>
        <source>&amp;Save in</source>
        <translation>&amp;Speichern in</translation>
    </message>
    <message>
        <location filename="../../ui/unmix_dialog.py"/>
        <source>&amp;Unmix</source>
        <translation>&amp;Entmischen</translation>
    </message>
    <message>
        <location filename="../../ui/unmix_dialog.py"/>
        <source>About the cube</source>
        <translation>Über den Würfel</translation>
    </message>
    <message>
        <location filename="../../ui/unmix_dialog.py"/>
        <source>Abundance &amp;is</source>
        <translation>Abundanz &amp;ist</translation>
    </message>
    <message>
        <location filename="../../ui/unmix_dialog.py"/>
        <source>Add a cube to the project first.</source>
        <translation>Fügen Sie dem Projekt zuerst einen Würfel hinzu.</translation>
    </message>
    <message>
        <location filename="../../ui/unmix_dialog.py"/>
        <source>Also store the result as &amp;GeoTIFF</source>
        <translation>Ergebnis auch als &amp;GeoTIFF speichern</translation>
    </message>
    <message>
        <location filename="../../ui/unmix_dialog.py"/>
        <source>Looking at {name}</source>
        <translation>{name} wird angesehen</translation>
    </message>
    <message>
        <location filename="../../ui/unmix_dialog.py"/>
        <source>M&amp;aterials</source>
        <translation>M&amp;aterialien</translation>
    </message>
    <message>
        <location filename="../../ui/unmix_dialog.py"/>
        <source>The folder {name} cannot be made: {reason}</source>
        <translation>Der Ordner {name} kann nicht angelegt werden: {reason}</translation>
    </message>
    <message>
        <location filename="../../ui/unmix_dialog.py"/>
        <source>The folder {name} cannot be written to.</source>
        <translation>In den Ordner {name} kann nicht geschrieben werden.</translation>
    </message>
    <message>
        <location filename="../../ui/unmix_dialog.py"/>
        <source>found in the image</source>
        <translation>im Bild gefunden</translation>
    </message>
    <message>
        <location filename="../../ui/unmix_dialog.py"/>
        <source>from a spectral library</source>
        <translation>aus einer Spektralbibliothek</translation>
    </message>
    <message>
        <location filename="../../ui/unmix_dialog.py"/>
        <source>from polygons or points on the map</source>
        <translation>aus Polygonen oder Punkten auf der Karte</translation>
    </message>
    <message>
        <location filename="../../ui/unmix_dialog.py"/>
        <source>looking at the cube</source>
        <translation>Würfel wird angesehen</translation>
    </message>
    <message>
        <location filename="../../ui/unmix_dialog.py"/>
        <source>share of the area (calibrated cube)</source>
        <translation>Flächenanteil (kalibrierter Würfel)</translation>
    </message>
    <message>
        <location filename="../../ui/unmix_dialog.py"/>
        <source>share of the shape, brightness free (uncalibrated or shaded cube)</source>
        <translation>Anteil an der Form, Helligkeit frei (unkalibrierter oder beschatteter Würfel)</translation>
    </message>
</context>
</TS>
