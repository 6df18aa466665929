using System.Text;

namespace Codexport.Engine.Platform;

/// <summary>Unicode normal forms of names.</summary>
internal static class UnicodeForm
{
    /// <summary>Whether a text is in form C.</summary>
    public static bool IsComposed(string text) => text.IsNormalized(NormalizationForm.FormC);

    /// <summary>The text in form C.</summary>
    public static string Compose(string text) => text.Normalize(NormalizationForm.FormC);
}
