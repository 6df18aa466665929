param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $user = (New-Item -ItemType Directory (Join-Path $TestDrive 'user')).FullName
    Set-Content $user/.bashrc '# mine'
    $original = Get-Content -Raw $user/.bashrc
    Install-CodexportShellIntegration Bash, Fish -HomePath $user
}

Describe 'Uninstall-CodexportShellIntegration' {
    It 'changes nothing with -WhatIf, and writes nothing with -PassThru beside it' {
        $before = Get-Snapshot $TestDrive
        Uninstall-CodexportShellIntegration Bash, Fish -HomePath $user -PassThru -WhatIf | Should -BeNullOrEmpty
        Get-Snapshot $TestDrive | Should -Be $before
    }

    It 'leaves the file as it was, in silence' {
        Uninstall-CodexportShellIntegration Bash -HomePath $user | Should -BeNullOrEmpty
        Get-Content -Raw $user/.bashrc | Should -Be $original
    }

    It 'removes a file that holds nothing else, and says what changed' {
        $result = Uninstall-CodexportShellIntegration Bash, Fish -HomePath $user -PassThru
        $result.Shell | Should -Be 'Bash', 'Fish'
        $result.Changed | Should -Be $false, $true
        Test-Path $result[1].File | Should -BeFalse
    }

    It 'writes what the program prints' {
        $result = Uninstall-CodexportShellIntegration Bash -HomePath $user -PassThru
        Assert-SameJson @($result) (Get-ProgramJson $ProgramPath $user 'shell', 'uninstall', 'bash').shells
    }

    It 'has a table and a list' {
        Assert-View (Uninstall-CodexportShellIntegration Bash -HomePath $user -PassThru) 'Codexport.Engine.Results.ShellIntegrationInfo'
    }

    It 'refuses a shell that it does not know' {
        (Get-ErrorOf { Uninstall-CodexportShellIntegration Cmd -HomePath $user }).FullyQualifiedErrorId | Should -BeLike 'CannotConvertArgumentNoMessage,*'
    }
}
