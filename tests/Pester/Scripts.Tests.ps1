param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
}

BeforeDiscovery {
    $module = (Get-ChildItem $ModulePath -Recurse -Filter Codexport.psd1).Directory.FullName
    $files = @(Get-ChildItem $module -Recurse -Include *.ps1, *.psm1, *.psd1) + @(Get-ChildItem $PSScriptRoot -Include *.ps1, *.psd1 -Recurse)
}

Describe 'PSScriptAnalyzer' {
    It 'finds nothing in <_.Name>' -ForEach $files {
        if (-not (Get-Module -ListAvailable PSScriptAnalyzer)) { Set-ItResult -Skipped -Because 'PSScriptAnalyzer is not on this machine' }
        $settings = $_.DirectoryName -eq $PSScriptRoot ? "$PSScriptRoot/ScriptAnalyzer.psd1" : @{}
        $findings = Invoke-ScriptAnalyzer -Path $_.FullName -Settings $settings
        $findings | ForEach-Object { "$($_.ScriptName):$($_.Line): $($_.RuleName): $($_.Message)" } | Should -BeNullOrEmpty
    }
}
