"""Builds real SCORM packages for tests: what an authoring program would publish, in small."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

_12 = """<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="m1" version="1.0" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
  xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
  <metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
  <organizations default="o1"><organization identifier="o1"><title>心理健康教育入门</title>
    <item identifier="i1" identifierref="r1"><title>第一讲</title>
      <adlcp:masteryscore>60</adlcp:masteryscore><adlcp:datafromlms>chapter=1</adlcp:datafromlms></item>
  </organization></organizations>
  <resources><resource identifier="r1" type="webcontent" adlcp:scormtype="sco" href="index.html">
    <file href="index.html"/></resource></resources>
</manifest>"""

_2004 = """<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="m2" version="1" xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"
  xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3" xmlns:imsss="http://www.imsglobal.org/xsd/imsss">
  <metadata><schema>ADL SCORM</schema><schemaversion>2004 4th Edition</schemaversion></metadata>
  <organizations default="o1"><organization identifier="o1"><title>团体辅导</title>
    <item identifier="a" identifierref="ra" parameters="?part=a"><title>理论</title>
      <adlcp:completionThreshold completedByMeasure="true" minProgressMeasure="0.8"/></item>
    <item identifier="b" identifierref="rb"><title>练习</title>
      <imsss:sequencing><imsss:objectives><imsss:primaryObjective objectiveID="main" satisfiedByMeasure="true">
        <imsss:minNormalizedMeasure>0.7</imsss:minNormalizedMeasure></imsss:primaryObjective></imsss:objectives>
      </imsss:sequencing></item>
    <item identifier="c" identifierref="rc"><title>阅读材料</title></item>
  </organization></organizations>
  <resources>
    <resource identifier="ra" type="webcontent" adlcp:scormType="sco" href="a/index.html"/>
    <resource identifier="rb" type="webcontent" adlcp:scormType="sco" href="b/index.html"/>
    <resource identifier="rc" type="webcontent" adlcp:scormType="asset" href="read.html"/>
  </resources>
</manifest>"""

# Finds the API as the standards say: in the windows above, then in the opener.
SCORM_JS = """
function findApi(name) {
  var at = window, deep = 0;
  while (at && !at[name] && at.parent && at.parent !== at && deep < 10) { at = at.parent; deep += 1; }
  return at[name] || (window.opener && window.opener[name]) || null;
}
"""
_PAGE = """<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>{title}</title>
<script src="{up}scorm.js"></script></head><body><h1>{title}</h1><p id="told"></p>
<button id="more">翻页</button> <button id="pass">交卷</button> <button id="leave">退出</button>
<script src="{up}{script}"></script></body></html>"""

_LESSON_12 = """
var api = findApi("API");
api.LMSInitialize("");
var page = Number(api.LMSGetValue("cmi.core.lesson_location") || 1);
function show() {
  document.getElementById("told").textContent = [page, api.LMSGetValue("cmi.core.entry"),
    api.LMSGetValue("cmi.suspend_data"), api.LMSGetValue("cmi.launch_data"), api.LMSGetValue("cmi.core.student_name")].join("|");
}
show();
document.getElementById("more").onclick = function () {
  page += 1;
  api.LMSSetValue("cmi.core.lesson_location", String(page));
  api.LMSSetValue("cmi.suspend_data", "答案" + page);
  api.LMSSetValue("cmi.core.lesson_status", "incomplete");
  api.LMSCommit("");
  show();
};
document.getElementById("pass").onclick = function () {
  api.LMSSetValue("cmi.core.score.raw", "85");
  api.LMSSetValue("cmi.core.lesson_status", "passed");
  api.LMSCommit("");
};
function end() {
  api.LMSSetValue("cmi.core.exit", "suspend");
  api.LMSSetValue("cmi.core.session_time", "0000:00:05.00");
  api.LMSFinish("");
}
document.getElementById("leave").onclick = end;
window.addEventListener("unload", end);
"""

_LESSON_2004 = """
var api = findApi("API_1484_11");
api.Initialize("");
var page = Number(api.GetValue("cmi.location") || 1);
function show() {
  document.getElementById("told").textContent = [page, api.GetValue("cmi.entry"),
    api.GetValue("cmi.suspend_data"), location.search].join("|");
}
show();
document.getElementById("more").onclick = function () {
  page += 1;
  api.SetValue("cmi.location", String(page));
  api.SetValue("cmi.suspend_data", "答案" + page);
  api.SetValue("cmi.progress_measure", String(page / 5));
  api.SetValue("cmi.completion_status", "incomplete");
  api.Commit("");
  show();
};
document.getElementById("pass").onclick = function () {
  api.SetValue("cmi.score.scaled", "0.9");
  api.SetValue("cmi.success_status", "passed");
  api.SetValue("cmi.completion_status", "completed");
  api.SetValue("cmi.progress_measure", "1");
  api.Commit("");
};
function end() {
  api.SetValue("cmi.exit", "suspend");
  api.SetValue("cmi.session_time", "PT5S");
  api.Terminate("");
}
document.getElementById("leave").onclick = end;
window.addEventListener("unload", end);
"""


def page(title: str, script: str, up: str = "") -> str:
    return _PAGE.format(title=title, script=script, up=up)


def files_of_scorm_12() -> dict[str, str]:
    """One SCO with a mastery score of 60, that bookmarks its page."""
    return {
        "imsmanifest.xml": _12,
        "index.html": page("第一讲", "lesson.js"),
        "scorm.js": SCORM_JS,
        "lesson.js": _LESSON_12,
    }


def files_of_scorm_2004() -> dict[str, str]:
    """Two SCOs (one by a completion threshold, one by a passing score) and a page to read."""
    return {
        "imsmanifest.xml": _2004,
        "a/index.html": page("理论", "lesson.js", "../"),
        "b/index.html": page("练习", "lesson.js", "../"),
        "read.html": "<!doctype html><title>阅读材料</title><h1>阅读材料</h1>",
        "scorm.js": SCORM_JS,
        "lesson.js": _LESSON_2004,
    }


def files_of_ordered_2004() -> dict[str, str]:
    """The same in a chapter, whose manifest says in which order its parts are to be learnt."""
    manifest = _2004.replace(
        '<item identifier="a"',
        """<item identifier="k"><title>第一章</title><imsss:sequencing IDRef="rules"/>
    <item identifier="a\"""",
    ).replace(
        '<item identifier="c"',
        """</item><item identifier="c\"""",
    )
    rules = """<imsss:sequencingCollection><imsss:sequencing ID="rules">
      <imsss:controlMode choice="false" flow="true" forwardOnly="true"/></imsss:sequencing></imsss:sequencingCollection>"""
    before = """<title>练习</title>
      <imsss:sequencing><imsss:sequencingRules><imsss:preConditionRule><imsss:ruleConditions/>
        <imsss:ruleAction action="skip"/></imsss:preConditionRule></imsss:sequencingRules>
        <imsss:limitConditions attemptLimit="2"/></imsss:sequencing>"""
    manifest = manifest.replace("<title>练习</title>", before)
    return {
        **files_of_scorm_2004(),
        "imsmanifest.xml": manifest.replace("</manifest>", f"{rules}</manifest>"),
    }


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    """The archive of these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def archive_at(
    folder: Path, files: Mapping[str, str | bytes] | bytes, name: str = "课件.zip"
) -> Path:
    """The archive as a file."""
    path = folder / name
    path.write_bytes(files if isinstance(files, bytes) else zipped(files))
    return path
