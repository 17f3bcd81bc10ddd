"""Tables of the area, one module per topic."""

from app.domain.courses.models.catalogue import Course, CourseTrainer, Requirement
from app.domain.courses.models.content import (
    CourseMedia,
    CoursePackage,
    CourseVersion,
    Lesson,
    LessonPrerequisite,
    Section,
)
from app.domain.courses.models.learning import (
    CourseEnrolment,
    CourseReminder,
    HandIn,
    LessonProgress,
    PackageState,
    RequiredLearner,
)
from app.domain.courses.models.quizzes import (
    AttemptItem,
    Question,
    QuestionBank,
    QuestionRevision,
    Quiz,
    QuizAttempt,
    QuizDraw,
)
from app.domain.courses.models.recognition import Recognition

__all__ = [
    "AttemptItem",
    "Course",
    "CourseEnrolment",
    "CourseMedia",
    "CoursePackage",
    "CourseReminder",
    "CourseTrainer",
    "CourseVersion",
    "HandIn",
    "Lesson",
    "LessonPrerequisite",
    "LessonProgress",
    "PackageState",
    "Question",
    "QuestionBank",
    "QuestionRevision",
    "Quiz",
    "QuizAttempt",
    "QuizDraw",
    "Recognition",
    "RequiredLearner",
    "Requirement",
    "Section",
]
