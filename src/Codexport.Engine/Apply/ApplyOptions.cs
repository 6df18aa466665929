using System.Security.Cryptography;

namespace Codexport.Engine.Apply;

/// <summary>What tests steer in a transaction.</summary>
internal sealed record ApplyOptions
{
    public static ApplyOptions Default { get; } = new();

    /// <summary>How many files are worked on at once.</summary>
    public int Parallelism { get; init; } = Math.Max(1, Environment.ProcessorCount);

    /// <summary>Makes the random part of names: 8 hexadecimal digits.</summary>
    public Func<string> NewId { get; init; } = () => RandomNumberGenerator.GetHexString(8, lowercase: true);
}
